import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '@sallyport/command';
import { workspaceRoot } from '@sallyport/kit';
import { bootGuest, serviceBundle, UNTIL_OVS_WORKS } from './boot-guest.ts';
import { attachShell } from './guest/attach-shell.ts';
import type { Guest } from './guest/guest.ts';
import { runInGuest } from './guest/guest-command.ts';
import type { GuestConnection } from './guest/guest-connection.ts';
import { connectGuest } from './guest/guest-connection.ts';
import { spawnInGuest } from './guest/guest-process.ts';
import { guestRoot } from './image/guest-root.ts';
import { guestModules, node } from './image/recipe.ts';
import { chooseAccelerator } from './machine/accelerator.ts';
import { bootFileSystem } from './machine/boot-files.ts';
import { guestArgv } from './machine/qemu-argv.ts';
import type { QemuProcess } from './machine/qemu-process.ts';
import { startQemu } from './machine/qemu-process.ts';

const minutes = 60_000;
/** A guest by its parts: the process and the connection to it. */
interface Machine {
  readonly qemu: QemuProcess;
  readonly connection: GuestConnection;
}

let guest: Guest;
let machine: Machine;

// Two at once: neither may disturb the other.
beforeAll(async () => {
  const starting = startMachine();
  guest = await bootGuest({ shares: [{ hostPath: workspaceRoot(), guestPath: '/repo' }] });
  machine = await starting;
}, 10 * minutes);

afterAll(() =>
  Promise.all([
    (guest as Guest | undefined)?.close(),
    (machine as Machine | undefined)?.qemu.kill(),
  ]),
);

describe('the guest', () => {
  it('has the kernel modules of the dataplane, and no br_netfilter', async () => {
    const { stdout } = await guest.script('ls /sys/module');
    const loaded = stdout.split('\n');
    for (const module of guestModules) {
      expect(loaded).toContain(module);
    }
    expect(loaded).not.toContain('br_netfilter');
  });

  it('runs the Node.js that the recipe pins, and sees the repository read-only', async () => {
    const { stdout } = await guest.run(['node', '--version']);
    expect(stdout.trim()).toBe(`v${node.version}`);
    expect(JSON.parse(await guest.readFile('/repo/package.json'))).toMatchObject({
      name: '@sallyport/source',
    });
    await expect(guest.writeFile('/repo/x', '')).rejects.toThrow('EROFS');
  });

  it('has nothing in common with another guest', async () => {
    await guest.writeFile('/etc/mark', 'first');
    expect(await guest.readFile('/etc/mark')).toBe('first');
    await expect(runInGuest(machine.connection, ['cat', '/etc/mark'])).rejects.toThrow(
      'No such file',
    );
  });

  it('has no route to other networks', async () => {
    const { stdout } = await guest.script('ip route; ip -brief link');
    expect(stdout).not.toMatch(/default/);
    expect(stdout).toMatch(/host0 +DOWN/);
  });

  it('keeps the time of the host', async () => {
    // The guest reads its clock at some moment between the two of the host.
    const reading = async (): Promise<{ earliest: number; guestMs: number; latest: number }> => {
      const earliest = performance.now();
      const { stdout } = await guest.run(['date', '+%s%3N']);
      return { earliest, guestMs: Number(stdout), latest: performance.now() };
    };
    const start = await reading();
    await sleep(3_000);
    const end = await reading();
    const toleranceMs = 100;
    expect(end.guestMs - start.guestMs).toBeGreaterThan(end.earliest - start.latest - toleranceMs);
    expect(end.guestMs - start.guestMs).toBeLessThan(end.latest - start.earliest + toleranceMs);
  });

  it(
    'forwards packets with the Open vSwitch of its kernel, from daemons in a namespace',
    async () => {
      const { stdout } = await guest.script(
        `ip netns add sw; ip netns add a; ip netns add b; mkdir -p /run/sw; export OVS_RUNDIR=/run/sw OVS_LOGDIR=/run/sw
      in_sw() { nsenter --net=/run/netns/sw -- "$@"; }
      ovsdb-tool create /run/sw/conf.db /usr/share/openvswitch/vswitch.ovsschema
      in_sw ovsdb-server /run/sw/conf.db --remote=punix:/run/sw/db.sock --detach --pidfile
      ovs-vsctl --db=unix:/run/sw/db.sock --no-wait init
      ${UNTIL_OVS_WORKS}
      in_sw ovs-vswitchd unix:/run/sw/db.sock --detach --pidfile
      ovs-vsctl --db=unix:/run/sw/db.sock add-br br0
      for n in a b; do
        ip link add port-$n netns sw type veth peer name eth0 netns $n
        ip -n sw link set port-$n up; ip -n $n link set eth0 up
        ovs-vsctl --db=unix:/run/sw/db.sock add-port br0 port-$n
      done
      ip -n a addr add 10.9.0.1/24 dev eth0; ip -n b addr add 10.9.0.2/24 dev eth0
      nsenter --net=/run/netns/a ping -c 1 -w 20 10.9.0.2 || { in_sw ovs-appctl -t ovs-vswitchd dpctl/show; exit 1; } >&2
      in_sw ovs-appctl -t ovs-vswitchd dpctl/show
      ovs-appctl -t ovs-vswitchd exit; ovs-appctl -t ovsdb-server exit`,
        { timeoutMs: minutes },
      );
      expect(stdout).toContain('system@ovs-system');
    },
    minutes,
  );

  it('has both iptables variants, ipset and conntrack in each namespace', async () => {
    const { stdout } = await guest.script(`
      ip netns add nf; on() { nsenter --net=/run/netns/nf -- "$@"; }
      on ipset create pods hash:ip skbinfo
      on ipset add pods 10.0.0.1 skbmark 0x1/0xff
      on iptables -t mangle -A PREROUTING -j SET --map-set pods src --map-mark
      on iptables -t mangle -S PREROUTING
      on iptables-legacy -t nat -S POSTROUTING
      on conntrack -L 2>&1
      on nft list tables`);
    expect(stdout).toContain('-A PREROUTING -j SET --map-set pods src --map-mark');
    expect(stdout).toContain('-P POSTROUTING ACCEPT');
    expect(stdout).toContain('0 flow entries have been shown');
    expect(stdout).toContain('table ip mangle');
  });
});

describe('run', () => {
  it('gives both outputs, and hands on standard input and environment', async () => {
    const argv = ['bash', '-c', 'cat; echo "$GREETING" >&2'];
    await expect(guest.run(argv, { stdin: 'größer', env: { GREETING: 'hello' } })).resolves.toEqual(
      {
        stdout: 'größer',
        stderr: 'hello\n',
      },
    );
  });

  it('runs in a network namespace', async () => {
    await guest.run(['ip', 'netns', 'add', 'quiet']);
    const { stdout } = await guest.run(['ip', '-brief', 'link'], { netns: 'quiet' });
    expect(stdout).toMatch(/^lo +DOWN/);
  });

  it('rejects with the command, its exit status and its standard error', async () => {
    const error = await failureOf(guest.run(['sh', '-c', 'echo no such set >&2; exit 3']));
    expect(error).toBeInstanceOf(CommandError);
    expect(error).toMatchObject({
      exitStatus: 3,
      stderr: 'no such set\n',
      argv: ['sh', '-c', 'echo no such set >&2; exit 3'],
    });
    expect(await failureOf(guest.run(['no-such-program']))).toMatchObject({
      message: 'no-such-program: could not be started: spawn no-such-program ENOENT',
    });
    expect(await failureOf(guest.run(['true'], { netns: 'nowhere' }))).toMatchObject({
      message: expect.stringMatching(
        /exit status 1 in network namespace nowhere: .*\/run\/netns\/nowhere/,
      ) as string,
    });
  });

  it('kills a command, and its children, at its deadline', async () => {
    const error = await failureOf(
      guest.run(['bash', '-c', 'sleep 4321 & wait'], { timeoutMs: 700 }),
    );
    expect(error).toMatchObject({
      message: expect.stringContaining('no exit within 700 ms') as string,
    });
    await expect(guest.run(['pgrep', '-f', '^sleep 4321'])).rejects.toThrow('exit status 1');
  });

  it('does not wait for a process that was left in the background', async () => {
    const startedAt = performance.now();
    await expect(guest.script('sleep 60 & echo started')).resolves.toMatchObject({
      stdout: 'started\n',
    });
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  });

  it(
    'loses nothing of a large output, nor of a large input',
    async () => {
      const megabytes = 8;
      const { stdout } = await guest.script(`head -c ${megabytes}000000 /dev/zero | tr '\\0' x`, {
        timeoutMs: minutes,
      });
      expect(stdout.length).toBe(megabytes * 1_000_000);
      await expect(
        guest.run(['wc', '-c'], { stdin: stdout, timeoutMs: minutes }),
      ).resolves.toMatchObject({
        stdout: `${megabytes}000000\n`,
      });
    },
    minutes,
  );

  it(
    'runs a hundred commands at once',
    async () => {
      const results = await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          guest.run(['echo', String(index)], { timeoutMs: minutes }),
        ),
      );
      expect(results.map(({ stdout }) => Number(stdout))).toEqual(
        Array.from({ length: 100 }, (_, index) => index),
      );
    },
    minutes,
  );
});

describe('script', () => {
  it('stops at the first command that fails', async () => {
    const error = await failureOf(guest.script('echo one; false; echo two'));
    expect(error).toMatchObject({ exitStatus: 1 });
    await expect(guest.script('false | true')).rejects.toThrow('exit status 1');
    await expect(guest.script('echo $NO_SUCH_VARIABLE')).rejects.toThrow('unbound variable');
  });
});

describe('spawn', () => {
  it('gives lines as they come and how the process ended', async () => {
    const lines: string[] = [];
    const { exited } = await guest.spawn(
      ['bash', '-c', 'echo one; echo problem >&2; printf two; exit 7'],
      {
        onLine: (line, stream) => lines.push(`${stream}: ${line}`),
      },
    );
    await expect(exited).resolves.toEqual({ exitCode: 7, signal: null });
    expect(lines.sort()).toEqual(['stderr: problem', 'stdout: one', 'stdout: two']);
  });

  it(
    'ends a process with the given signal, and with SIGKILL one that ignores it',
    async () => {
      const polite = await guest.spawn(['sleep', '60']);
      await polite.kill('SIGINT');
      await expect(polite.exited).resolves.toEqual({ exitCode: null, signal: 'SIGINT' });
      await polite.kill();

      let ready: () => void = () => undefined;
      const trapped = new Promise<void>((resolve) => (ready = resolve));
      const stubborn = await guest.spawn(
        ['bash', '-c', 'trap "" TERM; echo ready; while :; do sleep 1; done'],
        {
          onLine: ready,
        },
      );
      await trapped;
      await stubborn.kill();
      await expect(stubborn.exited).resolves.toEqual({ exitCode: null, signal: 'SIGKILL' });
    },
    minutes,
  );

  it('runs in a network namespace', async () => {
    await guest.run(['ip', 'netns', 'add', 'apart']);
    const lines: string[] = [];
    const options = { netns: 'apart', onLine: (line: string) => void lines.push(line) };
    await (
      await guest.spawn(['ip', '-brief', 'link'], options)
    ).exited;
    expect(lines).toEqual([expect.stringMatching(/^lo +DOWN/)]);
  });

  it('rejects when there is nothing to start', async () => {
    await expect(guest.spawn(['no-such-program'])).rejects.toThrow(
      'no-such-program: could not be started',
    );
    await expect(guest.spawn([])).rejects.toThrow('argv is empty');
  });
});

describe('files', () => {
  it('are written with their mode, and their folders made', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    await guest.writeFile('/opt/new/folder/program', bytes, 0o755);
    const { stdout } = await guest.script(
      'stat -c %a /opt/new/folder/program; sha256sum </opt/new/folder/program',
    );
    expect(stdout).toBe(
      '755\n40aff2e9d2d8922e47afd4648e6967497158785fbd1da870e7110266bf944880  -\n',
    );
  });

  it('are replaced as a whole: a link to the old one keeps it', async () => {
    await guest.writeFile('/opt/replaced', 'old');
    await guest.run(['ln', '/opt/replaced', '/opt/kept']);
    await guest.writeFile('/opt/replaced', 'new');
    expect(await guest.readFile('/opt/kept')).toBe('old');
    expect(await guest.readFile('/opt/replaced')).toBe('new');
  });

  it('of /proc can be read and written', async () => {
    await guest.writeFile('/proc/sys/net/ipv4/conf/default/rp_filter', '2');
    expect(await guest.readFile('/proc/sys/net/ipv4/conf/default/rp_filter')).toBe('2\n');
  });
});

describe('exposeHostPort', () => {
  it(
    'leads the guest and its namespaces to one port of the host, and nowhere else',
    async () => {
      const [exposed, hidden] = ['exposed', 'hidden'].map((answer) =>
        createServer((_request, response) => response.end(answer)).listen(0, '127.0.0.1'),
      );
      const portOf = (server = exposed): number => (server?.address() as AddressInfo).port;
      try {
        await guest.script(`
        ip link add br-host type bridge; ip address add 192.168.88.1/24 dev br-host; ip link set br-host up
        ip netns add client; ip link add v0 master br-host type veth peer name eth0 netns client
        ip link set v0 up; ip -n client link set eth0 up; ip -n client address add 192.168.88.2/24 dev eth0`);
        await guest.exposeHostPort({
          listen: { ip: '192.168.88.1', port: 6443 },
          hostPort: portOf(),
        });
        const get = async (url: string, netns?: string, seconds = 60): Promise<string> => {
          const options = { ...(netns === undefined ? {} : { netns }), timeoutMs: 2 * minutes };
          const argv = ['curl', '--silent', '--show-error', '--max-time', String(seconds), url];
          return (await guest.run(argv, options)).stdout;
        };
        await expect(get('http://192.168.88.1:6443/', 'client')).resolves.toBe('exposed');
        await expect(get('http://192.168.88.1:6443/')).resolves.toBe('exposed');
        await guest.run(['ip', 'route', 'add', 'default', 'via', '192.168.88.1'], {
          netns: 'client',
        });
        // The addresses of the host and of its name server in QEMU's own network.
        const noAnswerSeconds = 8;
        const hiddenURL = `http://10.0.2.2:${portOf(hidden)}/`;
        const attempts = await Promise.allSettled([
          get(hiddenURL, undefined, noAnswerSeconds),
          get(hiddenURL, 'client', noAnswerSeconds),
          get('http://10.0.2.3:53/', 'client', noAnswerSeconds),
        ]);
        expect(attempts.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);

        await guest.exposeHostPort({
          listen: { ip: '192.168.88.1', port: 7000 },
          hostPort: portOf(hidden),
        });
        await expect(get('http://192.168.88.1:7000/', 'client')).resolves.toBe('hidden');
        await expect(get('http://192.168.88.1:6443/', 'client')).resolves.toBe('exposed');
      } finally {
        exposed?.close();
        hidden?.close();
      }
    },
    8 * minutes,
  );
});

describe('attachShell', () => {
  it(
    'on a terminal gives an interactive bash of its size, which follows',
    async () => {
      const { stdin, stdout, rawModes, seen } = terminal();
      const ended = attachShell(
        machine.connection,
        { stdin, stdout, stderr: new PassThrough() },
        { cwd: '/opt' },
      );
      stdin.write('echo $- in $PWD, $(stty size)\n');
      await seen('in /opt, 33 101');
      Object.assign(stdout, { columns: 120, rows: 40 });
      stdout.emit('resize');
      stdin.write('until [ "$(stty size)" = "40 120" ]; do sleep 0.1; done; echo fol""lowed\n');
      await seen('followed');
      // Ctrl-C ends the program in the shell, not the shell. The program must say itself that it
      // runs. A bash between two commands takes the signal for its own, and then waits for the next
      // command to end.
      stdin.write('sh -c "echo sta\'\'rted; exec sleep 300"\n');
      await seen('started');
      stdin.write('\u0003');
      stdin.write('exit 5\n');
      await expect(ended).resolves.toBe(5);
      expect(rawModes).toEqual([true, false]);
    },
    minutes,
  );

  it(
    'without a terminal runs the commands of its standard input and keeps the outputs apart',
    async () => {
      const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
      const ended = attachShell(
        machine.connection,
        { stdin, stdout, stderr },
        { env: { WHO: 'lab' } },
      );
      stdin.end('echo "hello $WHO"; echo problem >&2; exit 7\n');
      await expect(ended).resolves.toBe(7);
      stdout.end();
      stderr.end();
      await expect(text(stdout)).resolves.toBe('hello lab\n');
      await expect(text(stderr)).resolves.toBe('problem\n');
    },
    minutes,
  );
});

describe('the connection', () => {
  it(
    'loses nothing when the host is slower than the output of a command',
    async () => {
      const { connection, qemu } = machine;
      const bytes = 8_000_000;
      const running = runInGuest(connection, ['head', '-c', String(bytes), '/dev/zero'], {
        timeoutMs: minutes,
      });
      qemu.port.pause();
      await sleep(2_000);
      qemu.port.resume();
      expect((await running).stdout.length).toBe(bytes);
    },
    2 * minutes,
  );

  // The last one: the guest is gone afterwards.
  it(
    'ends the guest when its port is closed, whatever still runs in it',
    async () => {
      const { connection, qemu } = machine;
      await spawnInGuest(connection, ['sleep', '600']);
      qemu.port.destroy();
      await expect(qemu.ended).resolves.toBe('exit status 0');
    },
    3 * minutes,
  );
});

// The last one: the guest is gone afterwards.
describe('a guest that ends by itself', () => {
  it(
    'fails pending calls and later ones',
    async () => {
      const command = guest.run(['sleep', '60']);
      const { exited } = await guest.spawn(['sleep', '60']);
      const failures = Promise.allSettled([command, exited]);
      await guest.run(['busybox', 'poweroff', '-f']).catch(() => undefined);
      expect(await failures).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
      await expect(guest.run(['true'])).rejects.toThrow('true: the guest is gone');
    },
    3 * minutes,
  );
});

/** Boots a guest; its connection answers. */
async function startMachine(): Promise<Machine> {
  const root = await guestRoot(() => undefined);
  const file = await bootFileSystem(root.firstFileSystem, await serviceBundle(), []);
  const size = { accelerator: await chooseAccelerator(root), memoryMiB: 512, cpus: 2, shares: [] };
  const qemu = await startQemu(
    guestArgv({ ...size, ...root, firstFileSystem: '/dev/fd/3', portFd: 4 }),
    file.fd,
  );
  file.close();
  const connection = connectGuest(qemu.port);
  await connection.ready;
  return { qemu, connection };
}

/** A terminal as Node.js shows one, with someone who types and reads. */
function terminal(): {
  readonly stdin: PassThrough & { isTTY: true; setRawMode: (raw: boolean) => void };
  readonly stdout: PassThrough & { isTTY: true; columns: number; rows: number };
  readonly rawModes: boolean[];
  /** Resolves when this was printed. */
  readonly seen: (wanted: string) => Promise<void>;
} {
  const rawModes: boolean[] = [];
  const setRawMode = (raw: boolean): void => void rawModes.push(raw);
  const stdin = Object.assign(new PassThrough(), { isTTY: true as const, setRawMode });
  const stdout = Object.assign(new PassThrough(), { isTTY: true as const, columns: 101, rows: 33 });
  const prints = new EventEmitter();
  let printed = '';
  stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    prints.emit('print');
  });
  const seen = async (wanted: string): Promise<void> => {
    while (!printed.includes(wanted)) {
      await once(prints, 'print');
    }
  };
  return { stdin, stdout, rawModes, seen };
}

function failureOf(running: Promise<unknown>): Promise<unknown> {
  return running.then(
    () => undefined,
    (error: unknown) => error,
  );
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '@sallyport/command';
import { workspaceRoot } from '@sallyport/kit';
import { bootGuest, UNTIL_OVS_WORKS } from './boot-guest.ts';
import type { Guest } from './guest/guest.ts';
import { guestModules, node } from './image/recipe.ts';

const minutes = 60_000;
let guest: Guest;

beforeAll(async () => {
  guest = await bootGuest({ shares: [{ hostPath: workspaceRoot(), guestPath: '/repo' }] });
}, 10 * minutes);

afterAll(() => guest.close());

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
    'ends a process with the signal that is asked for, and with SIGKILL what ignores it',
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
        const noAnswerSeconds = 8;
        await expect(get('http://192.168.88.1:6443/', 'client')).resolves.toBe('exposed');
        await expect(get('http://192.168.88.1:6443/')).resolves.toBe('exposed');
        await expect(
          get(`http://10.0.2.2:${portOf(hidden)}/`, undefined, noAnswerSeconds),
        ).rejects.toThrow('curl');
        await guest.run(['ip', 'route', 'add', 'default', 'via', '192.168.88.1'], {
          netns: 'client',
        });
        await expect(
          get(`http://10.0.2.2:${portOf(hidden)}/`, 'client', noAnswerSeconds),
        ).rejects.toThrow('curl');
        await expect(get('http://10.0.2.3:53/', 'client', noAnswerSeconds)).rejects.toThrow('curl');

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

function failureOf(running: Promise<unknown>): Promise<unknown> {
  return running.then(
    () => undefined,
    (error: unknown) => error,
  );
}

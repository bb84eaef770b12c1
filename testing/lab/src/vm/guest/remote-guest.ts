import { hostInterface } from '../machine/first-process.ts';
import type { QemuProcess } from '../machine/qemu-process.ts';
import { attachShell } from './attach-shell.ts';
import type { Guest } from './guest.ts';
import { runInGuest } from './guest-command.ts';
import type { GuestConnection } from './guest-connection.ts';
import { readGuestFile, writeGuestFile } from './guest-files.ts';
import { spawnInGuest } from './guest-process.ts';
import type { ExposedPort } from './host-port-rules.ts';
import { hostPortRules, userNetwork } from './host-port-rules.ts';

/** The guest behind a connection to its service. */
export function remoteGuest(connection: GuestConnection, qemu: QemuProcess): Guest {
  const exposed: ExposedPort[] = [];
  const run: Guest['run'] = (argv, options) => runInGuest(connection, argv, options);
  const script: Guest['script'] = (text, options) =>
    run(['bash', '-euo', 'pipefail', '-c', text], options);
  return {
    run,
    script,
    spawn: (argv, options) => spawnInGuest(connection, argv, options),
    writeFile: (path, content, mode = 0o644) => writeGuestFile(connection, path, content, mode),
    readFile: (path) => readGuestFile(connection, path),
    async exposeHostPort(port) {
      exposed.push(port);
      await script(
        `nft -f -
         sysctl -qw net.ipv4.ip_forward=1
         ip address replace ${userNetwork.guest} dev ${hostInterface}
         ip link set ${hostInterface} up`,
        { stdin: hostPortRules(exposed) },
      );
    },
    attachShell: (options) => attachShell(connection, process, options),
    consoleTail: () => qemu.console.tail(),
    async close() {
      connection.lose(new Error('the guest was closed'));
      await qemu.kill();
    },
  };
}

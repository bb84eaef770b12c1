import { keepRunning } from '@sallyport/command';
import { BRIDGE, GATEWAY_PORT, TUNNEL_PORT } from '@sallyport/dataplane';
import type { Clock } from '@sallyport/reconcile';

/** Listens to one Open vSwitch. */
export interface OvsWatch {
  /** False while changes may be missed: Open vSwitch or the bridge is not there. */
  isLive(): boolean;
  close(): Promise<void>;
}

/** The receiver of changes, and the time. */
export interface WatchOvsOptions {
  readonly onChange: () => void;
  readonly clock: Clock;
}

/** From the end of a monitor to its next start, in milliseconds. */
const RESTART_MS = 500;

/**
 * Calls `onChange` when flows, groups or ports of our bridge may have changed, also when
 * ovs-vswitchd has gone or come back. Groups have no monitor of their own, but a group takes the
 * flows to it along (OpenFlow 1.5, 7.3.4.3).
 *
 * The monitors are programs of Open vSwitch that stay: `ovs-ofctl monitor` ends with ovs-vswitchd
 * or the bridge, `ovsdb-client monitor` with the database.
 */
export function watchOvs({ onChange, clock }: WatchOvsOptions): OvsWatch {
  const flows = watchProgram(
    {
      // OpenFlow 1.4: its monitor answers at once, so that no change after the answer is missed.
      argv: ['ovs-ofctl', '-O', 'OpenFlow14', 'monitor', BRIDGE, 'watch:!initial'],
      isAnswer: (line) => line.startsWith('OFPST_FLOW_MONITOR reply'),
      isChange: (line) => line.includes('event='),
    },
    { onChange, clock },
  );
  const ports = watchProgram(
    {
      argv: ['ovsdb-client', 'monitor', 'Open_vSwitch', 'Interface', PORT_COLUMNS],
      isAnswer: (line) => line.startsWith('row '),
      isChange: (line) => line.includes(GATEWAY_PORT.name) || line.includes(TUNNEL_PORT.name),
    },
    { onChange, clock },
  );
  return {
    isLive: () => flows.isLive() && ports.isLive(),
    async close() {
      await Promise.all([flows.close(), ports.close()]);
    },
  };
}

const PORT_COLUMNS = 'name,type,options,ofport,mac,error';

interface Monitor {
  readonly argv: readonly string[];
  /** The first line of an answer: from then on, changes are reported. */
  readonly isAnswer: (line: string) => boolean;
  readonly isChange: (line: string) => boolean;
}

/** With the first answer, and with the end, anything may have changed. */
function watchProgram({ argv, isAnswer, isChange }: Monitor, options: WatchOvsOptions): OvsWatch {
  const { onChange, clock } = options;
  let live = false;
  const program = keepRunning(argv, {
    onLine(line) {
      if (live ? isChange(line) : isAnswer(line)) {
        live = true;
        onChange();
      }
    },
    onEnd() {
      if (live) {
        live = false;
        onChange();
      }
    },
    clock,
    restartMs: RESTART_MS,
  });
  return { isLive: () => live, close: () => program.close() };
}

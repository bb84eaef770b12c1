import type { ConfigOf, OptionTable, OptionType } from '@sallyport/config';
import { durationMs, flag, integer, oneOf, text } from '@sallyport/config';
import type { Marks } from '@sallyport/dataplane';
import { DEFAULT_TUNNEL_UDP_PORT, defaultMarks, hex } from '@sallyport/dataplane';
import { loggingOptions } from '@sallyport/program';
import { SYSCTL_FOLDER } from '@sallyport/rtnetlink';

/** Bits of a mark, hexadecimal as every tool prints them. */
const bits: OptionType<number> = {
  expects: 'hexadecimal bits such as 0x1000, up to 0xffffffff',
  parse: (value) => (/^0x[0-9a-f]{1,8}$/i.test(value) ? Number(value) : undefined),
  print: hex,
};

/** The log and other users of the Node see it, and the paths behind it are ours. */
const httpUrl: OptionType<string> = {
  expects: 'a URL that begins with http:// or https://, without credentials, path or query',
  parse: (value) =>
    /^https?:\/\/[^/?#@\\]+\/?$/.test(value) && URL.canParse(value) ? value : undefined,
};

/** The first word of the agent's environment variables. */
export const ENV_PREFIX = 'SALLYPORT_AGENT';

/** Every option of the agent. */
export const agentOptions = {
  nodeName: { type: text, description: 'The name of the Node on which the agent runs.' },
  controllerUrl: {
    type: httpUrl,
    description: "The URL of the controller's API, for example http://10.0.0.5:10349.",
  },
  resyncInterval: {
    type: durationMs(1000, 3_600_000),
    description:
      'How often the agent re-reads the dataplane and repairs drift even if nothing has changed.',
    default: 10_000,
  },
  healthPort: {
    type: integer(1, 65_535),
    description: 'The port on 127.0.0.1 for /healthz, /readyz, /metrics and /state.',
    default: 10_350,
  },
  tunnelPort: {
    type: integer(1, 65_535),
    description:
      "The UDP port of the tunnel: the same on all Nodes, and not the port of the CNI's Geneve tunnel.",
    default: DEFAULT_TUNNEL_UDP_PORT,
  },
  tunnelMtu: {
    type: integer(0, 65_535),
    description:
      'The MTU of the tunnel in bytes, for Pods that use it; 0 is the MTU of the uplink less 50.',
    default: 0,
  },
  snatBackend: {
    type: oneOf('auto', 'nftables', 'iptables'),
    description:
      'The part of the kernel that marks, drops and translates packets; auto is nftables where the Node has it.',
    default: 'auto',
  },
  markSnatIdMask: {
    type: bits,
    description: 'Packet mark: eight adjacent bits for the SNAT id.',
    default: defaultMarks.snatIdMask,
  },
  markRedirect: {
    type: bits,
    description: 'Packet mark: redirect to the gateway.',
    default: defaultMarks.redirect,
  },
  markReturn: {
    type: bits,
    description: 'Packet mark: a reply to a Pod on another Node.',
    default: defaultMarks.return,
  },
  markDrop: {
    type: bits,
    description: 'Packet mark: blocked; the packet does not leave the cluster.',
    default: defaultMarks.drop,
  },
  connmarkBack: {
    type: bits,
    description: 'Connection mark: opened by a Pod on another Node.',
    default: defaultMarks.connmarkBack,
  },
  sysctlFolder: {
    type: text,
    description:
      'The folder of the settings of the kernel; a container gets a mount that it may write to.',
    default: SYSCTL_FOLDER,
  },
  ...loggingOptions,
  dryRun: {
    type: flag,
    description:
      'Print the operations of one pass on stdout, a JSON object a line, apply none, and exit; the log goes to stderr.',
    default: false,
  },
  dryRunTimeout: {
    type: durationMs(1000, 600_000),
    description: 'How long a dry run waits for the controller and for a pass that succeeds.',
    default: 30_000,
  },
} as const satisfies OptionTable;

/** The configuration of the agent; times are in milliseconds. */
export type AgentConfig = ConfigOf<typeof agentOptions>;

/** The mark bits as the dataplane's planner takes them. */
export function marksOf(config: AgentConfig): Marks {
  return {
    snatIdMask: config.markSnatIdMask,
    redirect: config.markRedirect,
    return: config.markReturn,
    drop: config.markDrop,
    connmarkBack: config.connmarkBack,
  };
}

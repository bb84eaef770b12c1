import type { ConfigOf, OptionType } from '@sallyport/config';
import { durationMs, flag, integer, oneOf, text } from '@sallyport/config';
import type { Marks } from '@sallyport/dataplane';
import { DEFAULT_TUNNEL_UDP_PORT, defaultMarks, hex } from '@sallyport/dataplane';

/** Bits of a mark, hexadecimal as every tool prints them. */
const bits: OptionType<number> = {
  expects: 'hexadecimal bits such as 0x1000, up to 0xffffffff',
  parse: (value) => (/^0x[0-9a-f]{1,8}$/i.test(value) ? Number(value) : undefined),
  print: hex,
};

const httpUrl: OptionType<string> = {
  expects: 'a URL that begins with http:// or https://',
  parse: (value) => (/^https?:\/\/[^/]/.test(value) && URL.canParse(value) ? value : undefined),
};

/** What the agent can be told, by flag or environment variable. */
export const agentOptions = {
  nodeName: { type: text, description: 'The name of the Node that the agent runs on.' },
  controllerUrl: {
    type: httpUrl,
    description: 'Where the controller serves its API, for example http://10.0.0.5:10349.',
  },
  resyncInterval: {
    type: durationMs(1000, 3_600_000),
    description: 'How often the dataplane is read back and put right without a cause.',
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
      'The UDP port of the tunnel between Nodes: the same on all of them, and not that of a Geneve tunnel of the CNI.',
    default: DEFAULT_TUNNEL_UDP_PORT,
  },
  markSnatIdMask: {
    type: bits,
    description: 'Packet mark: eight adjacent bits for the SNAT id.',
    default: defaultMarks.snatIdMask,
  },
  markRedirect: {
    type: bits,
    description: 'Packet mark: leave through another Node.',
    default: defaultMarks.redirect,
  },
  markReturn: {
    type: bits,
    description: 'Packet mark: a reply to another Node.',
    default: defaultMarks.return,
  },
  markDrop: {
    type: bits,
    description: 'Packet mark: not allowed to leave the cluster.',
    default: defaultMarks.drop,
  },
  connmarkBack: {
    type: bits,
    description: 'Connection mark: opened by a Pod on another Node.',
    default: defaultMarks.connmarkBack,
  },
  logLevel: {
    type: oneOf('trace', 'debug', 'info', 'warn', 'error'),
    description: 'How much is logged.',
    default: 'info' as const,
  },
  dryRun: {
    type: flag,
    description: 'Print the operations that would be applied, one line of JSON each, and exit.',
    default: false,
  },
};

export type AgentConfig = ConfigOf<typeof agentOptions>;

export const ENV_PREFIX = 'SALLYPORT_AGENT';

export function marksOf(config: AgentConfig): Marks {
  return {
    snatIdMask: config.markSnatIdMask,
    redirect: config.markRedirect,
    return: config.markReturn,
    drop: config.markDrop,
    connmarkBack: config.connmarkBack,
  };
}

import { parseCidr } from '@sallyport/api';
import type { ConfigOf, OptionType } from '@sallyport/config';
import { durationMs, integer, listOf, oneOf, text } from '@sallyport/config';

const cidr: OptionType<string> = { expects: 'a CIDR such as 10.96.0.0/16', parse: parseCidr };

/** The prefix of the controller's environment variables. */
export const ENV_PREFIX = 'SALLYPORT';

/** Every option of the controller. */
export const controllerOptions = {
  listenAddress: { type: text, description: 'Address to serve HTTP on.', default: '0.0.0.0' },
  port: {
    type: integer(0, 65535),
    description: 'Port to serve HTTP on; 0 takes a free one.',
    default: 10349,
  },
  kubeconfig: {
    type: text,
    description:
      'File that says how to reach the API server; without it, the service account of the Pod is used.',
    default: '',
  },
  serviceCidrs: {
    type: listOf(cidr),
    description:
      'Where Services have their addresses: traffic to them never leaves by an egress IP.',
    default: [],
  },
  podCidrs: {
    type: listOf(cidr),
    description: 'Where Pods have their addresses, besides what the Nodes say in spec.podCIDRs.',
    default: [],
  },
  reportGrace: {
    type: durationMs(0, 600_000),
    description:
      'How long after the start the controller waits for Nodes to report before it says that nobody holds an IP.',
    default: 15_000,
  },
  bookmarkInterval: {
    // Well below the silence at which agents give up: a bookmark may be late.
    type: durationMs(1000, 10_000),
    description:
      'How often a quiet watch gets a bookmark; agents give up on one that is silent for 15s.',
    default: 5000,
  },
  logLevel: {
    type: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal'),
    description: 'The least severe messages that are logged.',
    default: 'info',
  },
} as const;

export type ControllerConfig = ConfigOf<typeof controllerOptions>;

import { parseCidr } from '@sallyport/api';
import type { ConfigOf, OptionTable, OptionType } from '@sallyport/config';
import { durationMs, integer, listOf, text } from '@sallyport/config';
import { loggingOptions } from '@sallyport/program';

/** With /0, all traffic would be cluster-internal, and no Egress would apply. */
const cidr: OptionType<string> = {
  expects: 'a CIDR such as 10.96.0.0/16, not /0',
  parse: (value) => (value.endsWith('/0') ? undefined : parseCidr(value)),
};

/** The first word of the controller's environment variables. */
export const ENV_PREFIX = 'SALLYPORT';

/** Every option of the controller. */
export const controllerOptions = {
  listenAddress: {
    type: text,
    description: 'The address on which the controller serves HTTP.',
    default: '0.0.0.0',
  },
  listenPort: {
    type: integer(0, 65535),
    description: 'The port on which the controller serves HTTP; 0 takes a free one.',
    default: 10349,
  },
  kubeconfig: {
    type: text,
    description:
      'The kubeconfig file for the API server; without one, the ServiceAccount of the Pod is used.',
    default: '',
  },
  serviceCidrs: {
    type: listOf(cidr),
    description:
      'The CIDRs of Services, whose traffic is cluster-internal; without them, those of the ServiceCIDR objects (Kubernetes 1.33).',
    default: [],
  },
  podCidrs: {
    type: listOf(cidr),
    description: 'CIDRs of Pods, in addition to spec.podCIDRs of the Nodes.',
    default: [],
  },
  reportGrace: {
    type: durationMs(0, 600_000),
    description:
      'The start-up grace: the time in which Nodes report before an egress IP without a report counts as unassigned.',
    default: 15_000,
  },
  bookmarkInterval: {
    // Well below the silence after which agents reconnect: a bookmark may be late.
    type: durationMs(1000, 10_000),
    description:
      'How often a watch without changes gets a bookmark; agents reconnect after 15s without one.',
    default: 5000,
  },
  ...loggingOptions,
} as const satisfies OptionTable;

/** The configuration of the controller; times are in milliseconds. */
export type ControllerConfig = ConfigOf<typeof controllerOptions>;

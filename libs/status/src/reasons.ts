import type { Condition, EgressConditionType } from '@sallyport/api';

/** The text for operators about one reason of a condition. */
export interface Reason {
  /** The status of the condition with this reason. */
  readonly status: Condition['status'];
  readonly meaning: string;
  /** The remedy of an operator; absent if nothing needs to be done. */
  readonly remedy?: string;
  /** Only a change of the Egress helps: waiting does not. */
  readonly needsChange?: true;
}

/**
 * Every reason of every condition of an Egress, in the order of docs/reference/conditions.md. The
 * reasons of Events are the same.
 */
export const reasons = {
  IPAllocated: {
    Static: { status: 'True', meaning: 'The spec gives an IPv4 egress IP.' },
    IPv6NotSupported: {
      status: 'False',
      meaning: 'All egress IPs are IPv6 addresses, which this version neither redirects nor drops.',
      remedy: 'Give an IPv4 egressIP.',
      needsChange: true,
    },
    PoolsNotSupported: {
      status: 'False',
      meaning: 'The Egress names an ExternalIPPool, and this version allocates no IPs.',
      remedy: 'Give an egressIP that is on an interface of a Node.',
      needsChange: true,
    },
    Invalid: {
      status: 'False',
      meaning: 'A field has an invalid value; the message names field, value and remedy.',
      remedy: 'Correct the field.',
      needsChange: true,
    },
  },
  IPAssigned: {
    Assigned: { status: 'True', meaning: 'Exactly one Node has the egress IP; it is the gateway.' },
    NoIP: {
      status: 'False',
      meaning: 'The Egress has no IPv4 egress IP.',
      remedy: 'See the condition IPAllocated.',
    },
    NoNode: {
      status: 'False',
      meaning: 'No Node reports the egress IP.',
      remedy: 'Add the IP to an interface of one Node; the message names the exception.',
    },
    InServiceCIDR: {
      status: 'False',
      meaning: 'The egress IP lies in a CIDR of --service-cidrs, so it belongs to a Service.',
      remedy: 'Choose another egressIP.',
      needsChange: true,
    },
    SeveralNodes: {
      status: 'False',
      meaning: 'Several Nodes have the egress IP, so replies could arrive at any of them.',
      remedy: 'Remove the IP from all Nodes but one.',
    },
    NoInternalIP: {
      status: 'False',
      meaning: 'The Node with the egress IP has no IPv4 InternalIP to which others can tunnel.',
      remedy: 'Give the Node an IPv4 InternalIP, or move the IP to another Node.',
    },
    WaitingForNodes: {
      status: 'Unknown',
      meaning: 'The controller has just started, and not all Nodes have reported their addresses.',
      remedy: 'Wait for --report-grace, then look at the agents of the Nodes in the message.',
    },
  },
  Realized: {
    Realized: {
      status: 'True',
      meaning: 'The gateway and every Node with selected Pods have applied the latest version.',
    },
    NoGateway: {
      status: 'False',
      meaning: 'No Node is the gateway.',
      remedy: 'See the condition IPAssigned.',
    },
    Pending: {
      status: 'False',
      meaning: 'Some Nodes have not applied the latest version.',
      remedy: 'If it lasts, look at the agents of the Nodes in the message.',
    },
    Failing: {
      status: 'False',
      meaning: 'Some Nodes report a failure; the message repeats it.',
      remedy: 'Follow the message; the log of the agent has the details.',
    },
    IPv6NotSupported: {
      status: 'False',
      meaning: 'IPv4 traffic uses the egress IP, but IPv6 traffic leaves as without an Egress.',
      remedy: 'Remove the IPv6 egress IP, or accept that IPv6 traffic does not use it.',
      needsChange: true,
    },
    Invalid: {
      status: 'False',
      meaning: 'A field has an invalid value; the message names field, value and remedy.',
      remedy: 'Correct the field.',
      needsChange: true,
    },
    WaitingForNodes: {
      status: 'Unknown',
      meaning: 'The controller has just started, and not all Nodes have reported their progress.',
      remedy: 'Wait for --report-grace, then look at the agents of the Nodes in the message.',
    },
  },
  Conflicted: {
    NoConflict: { status: 'False', meaning: 'No other Egress overrides this one on any Pod.' },
    OtherEgressHasPrecedence: {
      status: 'True',
      meaning: 'An older Egress selects some of the Pods too, and is the effective one for them.',
      remedy: 'Narrow the selectors of one of them.',
    },
  },
} as const satisfies Record<EgressConditionType, Readonly<Record<string, Reason>>>;

/** The reasons of one condition type. */
export type ReasonOf<T extends EgressConditionType> = keyof (typeof reasons)[T] & string;

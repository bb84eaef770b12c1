/** An error that a program reports by a stable code. */
export interface ErrorCodeEntry {
  /** The programs that report it. */
  readonly programs: readonly ('controller' | 'agent')[];
  /** The event behind the error. */
  readonly meaning: string;
  /** The action that ends it. */
  readonly remedy: string;
}

/**
 * Every code of an error class in apps and libs; a test holds `docs/reference/errors.md` to it.
 * Codes are never renamed or given another meaning.
 *
 * Answers of the REST API are no part of it: they carry the reasons of Kubernetes' own Status
 * object (`NotFound`, `Expired`, …; controlplane/status.ts).
 */
export const errorCodes = {
  COMMAND_FAILED: {
    programs: ['agent'],
    meaning:
      'A tool of the Node (`ipset`, `iptables-restore`, `ovs-ofctl`, …) could not be started, ' +
      'ended with an exit status other than 0, or exceeded its time limit. The message ' +
      'has the command line, the exit status and its standard error.',
    remedy:
      'Install the tool if it could not be started. Otherwise the standard error names the cause. ' +
      'The agent repeats the pass, with growing pauses.',
  },
  CONFIG_INVALID: {
    programs: ['controller', 'agent'],
    meaning:
      'The command line or the environment has invalid, unknown or missing values. The message ' +
      'lists all of them, one a line. The program ends with exit status 2.',
    remedy: 'Correct each value; `--help` and docs/configuration.md list the options.',
  },
  CONNECTION_FAILED: {
    programs: ['controller', 'agent'],
    meaning:
      'No connection to a server came about, it broke off, or nothing arrived in time. The message ' +
      'of an agent has host and port of the controller and the reason, such as ECONNREFUSED.',
    remedy:
      'For an agent, check `--controller-url`, that the controller is ready, and the network ' +
      'between them. Both programs try again by themselves, and the dataplane stays as it is.',
  },
  NETLINK_FAILED: {
    programs: ['agent'],
    meaning:
      'The kernel refused a request about conntrack entries or about nf_tables, or did not answer. ' +
      'The message has the request and the error of the kernel, such as EPERM.',
    remedy:
      'With EPERM, give the agent the capability CAP_NET_ADMIN. With EPROTONOSUPPORT or EINVAL, ' +
      'load the kernel modules nf_conntrack_netlink and nf_tables. The agent repeats the pass, with ' +
      'growing pauses.',
  },
  KUBE_API: {
    programs: ['controller'],
    meaning:
      'The API server refused a request. The message has the method, the path, the HTTP status and ' +
      'the message of the API server.',
    remedy:
      'With 401 or 403, correct the credentials or the RBAC rules of the controller. With 404 for a ' +
      'list of Egresses, install the CustomResourceDefinitions. The controller repeats the request ' +
      'after 409, 410, 429 and 5xx by itself. It waits as long as a `Retry-After` asks, at most a ' +
      'minute.',
  },
  KUBE_CONFIG: {
    programs: ['controller'],
    meaning:
      'The kubeconfig, or a certificate, token or command in it, is missing or invalid. ' +
      'Or there is no kubeconfig and the program does not run in a Pod. At the start, a missing ' +
      'file or an invalid server URL ends the program with exit status 2. A command that fails ' +
      'or takes more than 30 s, and a file that disappears later, are tried again.',
    remedy:
      'Give an existing file with `--kubeconfig`, and check its current-context, the URL of its ' +
      'server, and the files and commands that it names.',
  },
  NOT_CONVERGED: {
    programs: ['agent'],
    meaning:
      'After a pass was applied, the observed state still differs from the desired state. The ' +
      'message lists the operations that are left. Either another program changes the same rules, ' +
      'or a tool reported success without effect.',
    remedy:
      'Look for another program that owns the named rules, for example a second agent, a firewall ' +
      'manager or another version of this one. The agent repeats the pass.',
  },
  OPERATION_FAILED: {
    programs: ['agent'],
    meaning:
      'The kernel or Open vSwitch refused one operation of a pass. The operations after it were not ' +
      'tried. The message has the operation and the cause.',
    remedy: 'The cause names the remedy, often as COMMAND_FAILED. The agent repeats the pass.',
  },
  OVS_PORT_FAILED: {
    programs: ['agent'],
    meaning:
      'Open vSwitch stored a port but cannot create its device; the message has the reason that ' +
      'ovs-vswitchd gives. For the tunnel, its UDP port is mostly in use by another tunnel.',
    remedy:
      'Compare `ip -d link` and `ss -uln` on the Node, and give all agents another `--tunnel-port`; ' +
      'for another port, see the log of ovs-vswitchd.',
  },
  PLAN_IMPOSSIBLE: {
    programs: ['agent'],
    meaning:
      'The Node or the cluster is not known well enough to plan. No Pod CIDR is known, the Node has ' +
      'no IPv4 InternalIP, or no network device has that address. The dataplane stays as it is.',
    remedy: 'The message names the option or the field. The agent repeats the pass.',
  },
  REPORT_REFUSED: {
    programs: ['agent'],
    meaning:
      'The controller refused the report of a Node. The message has the URL, the status and the ' +
      'reason. The log has it once, until the reason changes.',
    remedy:
      'With 404, check `--node-name` and that the Node exists. With 400 or 413, compare the versions ' +
      'of the controller and the agent. The agent repeats the report, with pauses of up to 5 s.',
  },
  START_FAILED: {
    programs: ['controller', 'agent'],
    meaning:
      'A program cannot start for a reason that an operator can change. It writes one sentence to ' +
      'standard error and ends with exit status 2 for a wrong configuration, 1 for anything else.',
    remedy: 'The sentence names the remedy.',
  },
  WATCH_HTTP: {
    programs: ['controller', 'agent'],
    meaning:
      'The server of a list or watch answered with an HTTP error: the API server to the controller, ' +
      'or the controller to an agent. The message has the URL, the status and the reason.',
    remedy:
      '410 needs no action: the state is read anew. For an agent, check `--controller-url` and ' +
      'that the Node exists; for the controller, see KUBE_API. Both try again by themselves.',
  },
  WATCH_PROTOCOL: {
    programs: ['controller', 'agent'],
    meaning:
      'The server of a watch sent data that is not part of the Kubernetes watch protocol, or an ' +
      'object that cannot be parsed. The connection is closed and the state is read anew.',
    remedy:
      'Look for a proxy between the two programs that changes or ends answers, and compare the ' +
      'versions of the controller and the agents.',
  },
} as const satisfies Readonly<Record<string, ErrorCodeEntry>>;

/** The sections of docs/reference/errors.md, as Markdown without line breaks in paragraphs. */
export function renderErrorCodes(): string {
  return Object.entries<ErrorCodeEntry>(errorCodes)
    .map(([code, { programs, meaning, remedy }]) =>
      [`## ${code}`, `Reported by: ${programs.join(', ')}.`, meaning, `**Remedy:** ${remedy}`].join(
        '\n\n',
      ),
    )
    .join('\n\n');
}

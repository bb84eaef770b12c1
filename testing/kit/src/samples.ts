/**
 * Valid objects for tests, each with a name and the fields that the test is about. Their types are
 * structural, since a library of the product cannot be imported by the equipment of its own tests.
 */

interface SampleSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values?: readonly string[];
  }[];
}

/** An `Egress` of @sallyport/api. */
interface SampleEgress {
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly createdAtMs: number;
  readonly appliedTo: {
    readonly podSelector?: SampleSelector;
    readonly namespaceSelector?: SampleSelector;
  };
  readonly egressIPs: readonly string[];
  readonly externalIPPools: readonly string[];
  readonly unavailable: 'Drop' | 'NodeIP';
}

/** An Egress that selects every Pod. Its egress IP is 192.168.77.200; its name decides the uid. */
export function sampleEgress(name: string, rest: Partial<SampleEgress> = {}): SampleEgress {
  return {
    name,
    uid: `uid-${name}`,
    generation: 1,
    createdAtMs: 0,
    appliedTo: { podSelector: {} },
    egressIPs: ['192.168.77.200'],
    externalIPPools: [],
    unavailable: 'Drop',
    ...rest,
  };
}

/** A `Pod` of @sallyport/grouping. */
interface SamplePod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly nodeName: string;
  readonly ips: readonly string[];
  readonly phase: string;
  readonly hostNetwork: boolean;
  readonly terminating: boolean;
}

/** A running Pod on Node n1 in Namespace default; Namespace and name decide its IP. */
export function samplePod(name: string, rest: Partial<SamplePod> = {}): SamplePod {
  return {
    namespace: 'default',
    name,
    labels: {},
    nodeName: 'n1',
    ips: [podIPOf(`${rest.namespace ?? 'default'}/${name}`)],
    phase: 'Running',
    hostNetwork: false,
    terminating: false,
    ...rest,
  };
}

function podIPOf(key: string): string {
  let sum = 0;
  for (const char of key) {
    sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 64_000;
  }
  return `10.244.${Math.floor(sum / 250)}.${(sum % 250) + 1}`;
}

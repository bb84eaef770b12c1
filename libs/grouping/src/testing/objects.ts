import type { Egress } from '@sallyport/api';
import type { Pod } from '../pod.ts';

/** An Egress that selects every Pod, unless the test says otherwise; the name decides the uid. */
export function egress(name: string, rest: Partial<Egress> = {}): Egress {
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

/** A running Pod on Node n1 in Namespace default, with an address of its own. */
export function pod(name: string, rest: Partial<Pod> = {}): Pod {
  return {
    namespace: 'default',
    name,
    labels: {},
    nodeName: 'n1',
    ips: [addressOf(`${rest.namespace ?? 'default'}/${name}`)],
    phase: 'Running',
    hostNetwork: false,
    terminating: false,
    ...rest,
  };
}

/** An address for each namespace and name. */
function addressOf(key: string): string {
  let sum = 0;
  for (const char of key) {
    sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 64_000;
  }
  return `10.244.${Math.floor(sum / 250)}.${(sum % 250) + 1}`;
}

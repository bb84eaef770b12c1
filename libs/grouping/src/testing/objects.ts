import type { Egress } from '@sallyport/api';
import type { Pod } from '../pod.ts';

/** An Egress that selects every Pod, unless the test says otherwise; the name decides the uid. */
export const egress = (name: string, rest: Partial<Egress> = {}): Egress => ({
  name,
  uid: `uid-${name}`,
  generation: 1,
  createdAtMs: 0,
  appliedTo: { podSelector: {} },
  egressIPs: ['192.168.77.200'],
  externalIPPools: [],
  unavailable: 'Drop',
  ...rest,
});

/** A running Pod on Node n1 in Namespace default. */
export const pod = (name: string, rest: Partial<Pod> = {}): Pod => ({
  namespace: 'default',
  name,
  uid: `uid-${name}`,
  labels: {},
  nodeName: 'n1',
  ips: ['10.244.1.11'],
  phase: 'Running',
  hostNetwork: false,
  ...rest,
});

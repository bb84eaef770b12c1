import type { EgressPath } from './egress-path.ts';
import type { RoutingState } from './routing-state.ts';

/** The tasks of the Node's packet filter, in no backend's words. */
export interface DesiredNetfilter {
  /** The egress path of each selected Pod, by its address. */
  readonly paths: ReadonlyMap<string, EgressPath>;
  /** The cluster-internal destinations, as CIDRs: `10.244.0.0/16`, `192.168.77.11/32`. */
  readonly internal: ReadonlySet<string>;
  /** The egress IP of each SNAT id. */
  readonly snatIds: ReadonlyMap<number, string>;
  /** The addresses of the other Nodes: the tunnel's packets come from them and go to them alone. */
  readonly nodes: ReadonlySet<string>;
  /** The UDP port of the tunnel, on every Node. */
  readonly tunnelPort: number;
}

/** The bridge of the Node, in no switch's words. */
export interface DesiredBridge {
  /** The Node's own end of the tunnel: the other Nodes send to it and know the Node by it. */
  readonly ip: string;
  /** The ends of the other Nodes. Packets of the tunnel are accepted from these alone. */
  readonly peers: readonly string[];
  readonly udpPort: number;
  /** The tunnel id of each redirected Pod, by its address. */
  readonly redirects: ReadonlyMap<string, number>;
  /** By tunnel id: the gateway's end of the tunnel. */
  readonly gateways: ReadonlyMap<number, string>;
  /** By tunnel id: the SNAT id of the egress IP, where this Node is the gateway. */
  readonly translations: ReadonlyMap<number, number>;
}

/** Everything of ours on one Node, as the plan wants it. */
export interface DesiredState {
  readonly netfilter: DesiredNetfilter;
  readonly bridge: DesiredBridge;
  readonly routing: RoutingState;
}

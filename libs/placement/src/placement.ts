import type { Gateway } from '@sallyport/api';

/** The reason of the condition IPAssigned while several Nodes have the IP. */
export const SEVERAL_NODES = 'SeveralNodes';

/** Which Node has the egress IP of an Egress on one of its interfaces. */
export type Placement =
  /** The Egress has no egress IP of a supported family. */
  | { readonly kind: 'no-ip' }
  /** Start-up grace: no Node has reported the IP, and the Nodes `waitingFor` have not reported. */
  | { readonly kind: 'unknown'; readonly ip: string; readonly waitingFor: readonly string[] }
  | { readonly kind: 'none'; readonly ip: string }
  | { readonly kind: 'several'; readonly ip: string; readonly nodeNames: readonly string[] }
  /** One Node, but it has no IPv4 InternalIP to tunnel to. */
  | { readonly kind: 'unreachable'; readonly ip: string; readonly nodeName: string }
  | {
      readonly kind: 'one';
      readonly ip: string;
      readonly nodeName: string;
      readonly nodeIP: string;
    };

/** The gateway to which members send their traffic; undefined unless exactly one Node can be it. */
export function gatewayOf(placement: Placement | undefined): Gateway | undefined {
  return placement?.kind === 'one'
    ? { nodeName: placement.nodeName, nodeIP: placement.nodeIP }
    : undefined;
}

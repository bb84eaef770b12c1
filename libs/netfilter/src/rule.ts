/**
 * A rule of ours in no backend's words. The backends render it as text for iptables or for nft.
 */
export interface Rule {
  /** All have to match; without one, every packet does. */
  readonly when: readonly Match[];
  readonly action: Action;
}

/** The sets that rules name. */
export type SetName = 'pods' | 'internal' | 'nodes';

/** A condition; `not` inverts it. Conditions on conntrack match no packet without an entry. */
export type Match =
  | { readonly kind: 'in' | 'out'; readonly device: string; readonly not?: true }
  | { readonly kind: 'mark'; readonly value: number; readonly mask: number; readonly not?: true }
  | {
      readonly kind: 'connmark';
      readonly value: number;
      readonly mask: number;
      readonly not?: true;
    }
  | { readonly kind: 'direction'; readonly direction: 'original' | 'reply' }
  | { readonly kind: 'state'; readonly states: readonly ConntrackState[] }
  | {
      readonly kind: 'set';
      readonly set: SetName;
      /** The address of the packet that is looked up. */
      readonly side: 'source' | 'destination';
      readonly not?: true;
    }
  | { readonly kind: 'udp-port'; readonly port: number }
  /** The destination is an address of this Node. */
  | { readonly kind: 'to-this-node' }
  /** The device that the packet came from does not lead back to its source. */
  | { readonly kind: 'forged' }
  | { readonly kind: 'tcp-syn' };

/** The states of conntrack that rules ask for. */
type ConntrackState = 'invalid' | 'untracked' | 'related' | 'established';

/** The action of a rule on a packet that matches. */
export type Action =
  | { readonly kind: 'drop' | 'accept' | 'return' | 'untrack' | 'clamp-mss' }
  /** Another chain of the same table; the packet may come back. */
  | { readonly kind: 'call'; readonly chain: string }
  /** The mark of the egress path of the Pod that the packet comes from; the packet goes on. */
  | { readonly kind: 'mark-by-path' }
  /** The conntrack zone of the original direction is the packet mark; the packet goes on. */
  | { readonly kind: 'zone-by-mark' }
  /** Bits of the mark outside of `mask` stay; the packet goes on. */
  | { readonly kind: 'set-mark' | 'set-connmark'; readonly value: number; readonly mask: number }
  /** No rule after it, of whatever chain, translates the connection. */
  | { readonly kind: 'keep-source' }
  | { readonly kind: 'translate'; readonly snatId: number; readonly egressIP: string };

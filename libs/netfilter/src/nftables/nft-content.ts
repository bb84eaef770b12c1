import type { EgressPath, ObservedPath, SetChange } from '@sallyport/dataplane';

/** The tables in the words of the plan. */
export interface NftContent {
  readonly paths: ReadonlyMap<string, ObservedPath>;
  /** CIDRs: `10.0.0.0/8`, `192.168.77.11/32`. */
  readonly internal: ReadonlySet<string>;
  readonly nodes: ReadonlySet<string>;
  /** The egress IP of each SNAT id. */
  readonly snatIds: ReadonlyMap<number, string>;
  readonly tunnelPort: number;
  /** Connections that damaged rules let pass are not deleted yet. */
  readonly unrepaired: boolean;
}

/** No Pods, no destinations, no rules for egress IPs. */
export const NO_CONTENT: NftContent = {
  paths: new Map(),
  internal: new Set(),
  nodes: new Set(),
  snatIds: new Map(),
  tunnelPort: 0,
  unrepaired: false,
};

/** The content after some changes, in order. */
export function changeContent(content: NftContent, changes: readonly SetChange[]): NftContent {
  const paths = new Map<string, ObservedPath>(content.paths);
  const internal = new Set(content.internal);
  const nodes = new Set(content.nodes);
  for (const change of changes) {
    switch (change.op) {
      case 'create-paths':
      case 'create-internal':
      case 'create-nodes':
        break;
      case 'set-path':
        paths.set(change.ip, change.path);
        break;
      case 'delete-path':
        paths.delete(change.ip);
        break;
      case 'add-internal':
        internal.add(change.cidr);
        break;
      case 'delete-internal':
        internal.delete(change.cidr);
        break;
      case 'add-node':
        nodes.add(change.ip);
        break;
      case 'delete-node':
        nodes.delete(change.ip);
    }
  }
  return { ...content, paths, internal, nodes };
}

/** The chain that gives the packets of a Pod the mark of its path. */
export function pathChain(path: EgressPath): string {
  return path.kind === 'translated' ? `path-${path.snatId}` : `path-${path.kind}`;
}

/** The path of a Pod whose packets get their mark in this chain. */
export function pathOfChain(chain: string, snatIds: ReadonlyMap<number, string>): ObservedPath {
  const kind = chain.replace(/^path-/, '');
  if (kind === 'blocked' || kind === 'redirected') {
    return { kind };
  }
  const snatId = Number(kind);
  const egressIP = snatIds.get(snatId);
  return egressIP === undefined ? { kind: 'unknown' } : { kind: 'translated', snatId, egressIP };
}

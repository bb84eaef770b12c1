import { isDeepStrictEqual } from 'node:util';
import type { Fault, NodeReport } from '@sallyport/api';
import type { GroupRouting, ViewChanges } from '@sallyport/grouping';
import { GroupIndex, GroupViews, TunnelIds } from '@sallyport/grouping';
import type { ClusterDelta, Node, ObservedEgress } from '@sallyport/kube';
import type { Placement } from '@sallyport/placement';
import { gatewayOf, placeEgresses } from '@sallyport/placement';
import type { ClusterNetworkView } from '../publish/cluster-network-for.ts';
import { clusterNetworkFor } from '../publish/cluster-network-for.ts';

/**
 * Which Pods leave from which IP on which Node, with the facts that this was decided from. The maps
 * show the latest decision: each one replaces the one before as a whole.
 */
export interface Decision {
  /** By name, as all the others. */
  readonly egresses: ReadonlyMap<string, ObservedEgress>;
  /** Of the Egresses that have any. */
  readonly faults: ReadonlyMap<string, readonly Fault[]>;
  readonly nodes: ReadonlyMap<string, Node>;
  readonly placements: ReadonlyMap<string, Placement>;
  readonly tunnelIDs: ReadonlyMap<string, number>;
  /** The Nodes that see the group, sorted. */
  readonly nodesOfGroup: { get(egress: string): readonly string[] };
  readonly index: Pick<GroupIndex, 'egresses' | 'members' | 'pod' | 'size' | 'tally'>;
  readonly network: ClusterNetworkView;
}

/** Names of Egresses. */
export type EgressNames = 'all' | ReadonlySet<string>;

/** The Egresses whose status may differ after a decision. */
export interface Concerned {
  /** Those with another placement, or that have changed themselves. */
  readonly placed: EgressNames;
  /** Those in which anything may differ. */
  readonly all: EgressNames;
}

/** A decision, and its differences from the one before. */
export interface Decided {
  readonly decision: Decision;
  readonly views: ViewChanges;
  readonly concerned: Concerned;
}

/** The facts that do not come from the API server. */
export interface NodeFacts {
  /** The latest report of each Node, by the Node's name. */
  readonly reports: ReadonlyMap<string, NodeReport>;
  /** True while a missing report means nothing. */
  readonly startupGrace: boolean;
}

/** The configured CIDRs that are cluster-internal. */
export interface Cidrs {
  /** In addition to those of the Nodes. */
  readonly podCIDRs: readonly string[];
  readonly serviceCIDRs: readonly string[];
}

/**
 * Decides from changes: each costs the work for the Egresses that it concerns. A change of Nodes or
 * of reported addresses places all egress IPs anew, but touches no Pod.
 */
export class Decider {
  readonly #cidrs: Cidrs;
  readonly #index = new GroupIndex();
  readonly #routing = new Map<string, GroupRouting>();
  readonly #views = new GroupViews(this.#index, (egress) => this.#routing.get(egress));
  readonly #egresses = new Map<string, ObservedEgress>();
  readonly #faults = new Map<string, readonly Fault[]>();
  readonly #nodes = new Map<string, Node>();
  readonly #serviceCIDRs = new Map<string, readonly string[]>();
  readonly #placements = new Map<string, Placement>();
  readonly #tunnelIDs = new TunnelIds();
  /** Undefined after a change of Nodes or ServiceCIDRs. */
  #network: ClusterNetworkView | undefined;
  /** The Egresses of which anything has changed, the status too. */
  #changed = new Set<string>();
  #allToPlace = true;
  #allConcerned = true;

  constructor(cidrs: Cidrs) {
    this.#cidrs = cidrs;
  }

  /** Takes note of one object as it is now. */
  apply(delta: ClusterDelta): void {
    switch (delta.kind) {
      case 'pod':
        this.#index.apply({ kind: 'pod', key: delta.key, after: delta.after?.object });
        return;
      case 'namespace':
        this.#index.apply({ kind: 'namespace', key: delta.key, after: delta.after?.object });
        return;
      case 'node':
        setOrDelete(this.#nodes, delta.key, delta.after?.object);
        this.#network = undefined;
        this.#allToPlace = true;
        this.#allConcerned = true;
        return;
      case 'service-cidr':
        setOrDelete(this.#serviceCIDRs, delta.key, delta.after?.object.cidrs);
        this.#network = undefined;
        this.#allConcerned = true;
        return;
      case 'egress':
        this.#applyEgress(delta.key, delta.after?.object, delta.after?.faults ?? []);
    }
  }

  /** By name: the Nodes that exist now, also before the next decision. */
  get nodes(): ReadonlyMap<string, Node> {
    return this.#nodes;
  }

  /** Says that reported addresses have changed. */
  placeAll(): void {
    this.#allToPlace = true;
  }

  /** A missing report means something from now on. */
  endStartupGrace(): void {
    this.#allToPlace = true;
    this.#allConcerned = true;
  }

  /** Decides anew about the changes since the decision before. */
  decide(facts: NodeFacts): Decided {
    const dirty = this.#index.takeDirty();
    const renumbered = this.#tunnelIDs.settle();
    const placed = this.#place(facts);
    const rerouted = new Set([...dirty.egresses, ...renumbered, ...placed]);
    for (const name of rerouted) {
      this.#route(name);
    }
    const views = this.#views.update({ buckets: dirty.buckets, egresses: rerouted });
    const regrouped = [...views.values()].flatMap((onNode) => [...onNode.keys()]);
    const concerned = {
      placed: rerouted,
      all: this.#allConcerned
        ? ('all' as const)
        : new Set([...this.#changed, ...dirty.tallies, ...rerouted, ...regrouped]),
    };
    const network = (this.#network ??= this.#clusterNetwork());
    this.#changed = new Set();
    this.#allConcerned = false;
    this.#allToPlace = false;
    return { decision: this.#decision(network), views, concerned };
  }

  #clusterNetwork(): ClusterNetworkView {
    const { podCIDRs, serviceCIDRs } = this.#cidrs;
    return clusterNetworkFor({
      nodes: this.#nodes,
      podCIDRs,
      serviceCIDRs: [...serviceCIDRs, ...[...this.#serviceCIDRs.values()].flat()],
    });
  }

  #decision(network: ClusterNetworkView): Decision {
    return {
      egresses: this.#egresses,
      faults: this.#faults,
      nodes: this.#nodes,
      placements: this.#placements,
      tunnelIDs: this.#tunnelIDs.all,
      nodesOfGroup: { get: (egress) => this.#views.nodesOf(egress) },
      index: this.#index,
      network,
    };
  }

  #applyEgress(name: string, after: ObservedEgress | undefined, faults: readonly Fault[]): void {
    const before = this.#egresses.get(name);
    setOrDelete(this.#egresses, name, after);
    setOrDelete(this.#faults, name, faults.length === 0 ? undefined : faults);
    this.#changed.add(name);
    // A write of the status concerns no Pod.
    if (isDeepStrictEqual(before?.egress, after?.egress)) {
      return;
    }
    this.#index.apply({ kind: 'egress', key: name, after: after?.egress });
    if (after === undefined) {
      this.#tunnelIDs.delete(name);
    } else if (
      before?.egress.uid !== after.egress.uid ||
      before.egress.createdAtMs !== after.egress.createdAtMs
    ) {
      this.#tunnelIDs.set(after.egress);
    }
  }

  /** Returns the names of the Egresses that have another placement. */
  #place(facts: NodeFacts): readonly string[] {
    const names = this.#allToPlace ? this.#egresses.keys() : this.#changed;
    const gone = [...this.#changed].filter((name) => !this.#egresses.has(name));
    const egresses = [...names].flatMap((name) => this.#egresses.get(name) ?? []);
    if (egresses.length === 0 && gone.length === 0) {
      return [];
    }
    for (const name of gone) {
      this.#placements.delete(name);
    }
    const placements = placeEgresses({ ...facts, egresses, nodes: this.#nodes });
    const moved = [...placements].filter(
      ([name, placement]) => !isDeepStrictEqual(this.#placements.get(name), placement),
    );
    for (const [name, placement] of moved) {
      this.#placements.set(name, placement);
    }
    return [...gone, ...moved.map(([name]) => name)];
  }

  #route(name: string): void {
    const tunnelID = this.#tunnelIDs.all.get(name);
    const gateway = gatewayOf(this.#placements.get(name));
    setOrDelete(
      this.#routing,
      name,
      tunnelID === undefined ? undefined : { tunnelID, ...(gateway && { gateway }) },
    );
  }
}

function setOrDelete<T>(map: Map<string, T>, key: string, item: T | undefined): void {
  if (item === undefined) {
    map.delete(key);
  } else {
    map.set(key, item);
  }
}

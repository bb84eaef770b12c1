import type { EgressGroup, NodeReport } from '@sallyport/api';
import type { ViewChanges } from '@sallyport/grouping';
import type { ClusterDelta } from '@sallyport/kube';
import type { Clock, Runner } from '@sallyport/reconcile';
import { createRunner } from '@sallyport/reconcile';
import type { ProgressInput } from '@sallyport/status';
import { hasApplied, PendingRemovals } from '@sallyport/status';
import type { Logger } from 'pino';
import type { ControllerConfig } from '../config.ts';
import type { NodeReports, NodeReportsView } from '../observe/node-reports.ts';
import { createNodeReports } from '../observe/node-reports.ts';
import type { ObservedCluster } from '../observe/observed-cluster.ts';
import type { Published } from '../publish/publish.ts';
import { publish } from '../publish/publish.ts';
import type { Stores } from '../publish/stores.ts';
import { publishedVersionsOf } from '../publish/stores.ts';
import type { Concerned, Decision, EgressNames } from './decider.ts';
import { Decider } from './decider.ts';

/** Everything that the loop does not decide: the observed cluster, the stores, the clocks. */
export interface ControllerLoopDependencies {
  readonly config: Pick<ControllerConfig, 'reportGrace' | 'podCidrs' | 'serviceCidrs'>;
  readonly cluster: Pick<ObservedCluster, 'unsynced' | 'subscribe'>;
  readonly stores: Stores;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Milliseconds from any fixed point, for durations. */
  readonly monotonicMs: () => number;
  readonly logger: Logger;
}

/** Called synchronously, in the order of subscription. */
export interface LoopListener {
  /** A decision has been published; the tick took `durationMs`. */
  readonly decided?: (published: Published, durationMs: number, concerned: Concerned) => void;
  /** A Node has reported; these Egresses depend on its progress. */
  readonly progressed?: (egresses: EgressNames) => void;
  /** A Node that had reported has left the cluster. */
  readonly nodeGone?: (nodeName: string) => void;
}

/** Changes within this time of each other lead to one decision. */
const MIN_INTERVAL_MS = 20;

/**
 * The controller's loop: observes the cluster and the reports of the Nodes, decides, and publishes
 * the decision. It makes a tick after each change, and after a failure until one succeeds.
 */
export class ControllerLoop {
  readonly #deps: ControllerLoopDependencies;
  readonly #runner: Runner;
  readonly #listeners: LoopListener[] = [];
  readonly #reports: NodeReports = createNodeReports();
  readonly #decider: Decider;
  /** The changes since the latest tick: a decision shows all of a change, or nothing. */
  #deltas: ClusterDelta[] = [];
  #decision: Decision | undefined;
  readonly #pendingRemovals = new PendingRemovals();
  #startupGrace = true;
  #cancelStartupGrace: (() => void) | undefined;

  constructor(deps: ControllerLoopDependencies) {
    this.#deps = deps;
    this.#runner = createRunner({
      clock: deps.clock,
      minIntervalMs: MIN_INTERVAL_MS,
      reconcile: () => {
        this.tick();
      },
      onError: (err) => {
        deps.logger.error({ err }, 'deciding failed, it will be tried again');
      },
    });
    const { podCidrs, serviceCidrs } = deps.config;
    this.#decider = new Decider({ podCIDRs: podCidrs, serviceCIDRs: serviceCidrs });
    deps.cluster.subscribe({
      changed: (delta) => {
        this.#deltas.push(delta);
        // The first decision waits for the lists.
        if (this.#decision !== undefined) {
          this.#runner.trigger();
        }
      },
      listed: () => {
        this.#runner.trigger();
      },
    });
  }

  subscribe(listener: LoopListener): void {
    this.#listeners.push(listener);
  }

  /** Keeps the latest report of a Node. A change of addresses places egress IPs anew. */
  accept(report: NodeReport): void {
    const { name } = report.metadata;
    const { addressesChanged } = this.#reports.put(report, this.#deps.nowMs());
    this.#deps.logger.debug({ node: name, report }, 'Node reported');
    const concerned = this.#egressesOn(name);
    const progress = this.progress();
    this.#pendingRemovals.settle(name, (egress) => hasApplied(name, egress, progress));
    if (addressesChanged) {
      this.#decider.placeAll();
      this.#runner.trigger();
    }
    this.#notify(({ progressed }) => progressed?.(concerned));
  }

  /**
   * One pass over the changes since the latest one. Returns undefined, and does nothing, before
   * the whole cluster has been seen once.
   */
  tick(): Published | undefined {
    const { cluster, stores, monotonicMs } = this.#deps;
    if (cluster.unsynced().length > 0) {
      return undefined;
    }
    const startedAt = monotonicMs();
    const deltas = this.#deltas;
    this.#deltas = [];
    for (const delta of deltas) {
      this.#decider.apply(delta);
    }
    if (deltas.some(({ kind }) => kind === 'node')) {
      this.#dropReportsOfGoneNodes();
    }
    const { decision, views, concerned } = this.#decider.decide({
      reports: this.#reports.all,
      startupGrace: this.#startupGrace,
    });
    this.#beginStartupGrace(decision);
    const published = publish({ views, network: decision.network }, stores);
    this.#decision = decision;
    this.#noteRemovals(decision, views, deltas);
    const durationMs = monotonicMs() - startedAt;
    // The network is part of the progress of every Egress.
    const all = published.clusterNetworks > 0 ? 'all' : concerned.all;
    this.#notify(({ decided }) => decided?.(published, durationMs, { ...concerned, all }));
    return published;
  }

  /** The latest decision, which has been published; undefined before the first one. */
  get decision(): Decision | undefined {
    return this.#decision;
  }

  get reports(): NodeReportsView {
    return this.#reports;
  }

  /** The progress of the Nodes with the published decision. */
  progress(): ProgressInput {
    return {
      published: publishedVersionsOf(this.#deps.stores),
      reports: this.#reports.all,
      pendingRemovals: this.#pendingRemovals,
      startupGrace: this.#startupGrace,
    };
  }

  /** The groups that a Node sees, sorted by name. */
  groupsOn(nodeName: string): readonly EgressGroup[] {
    return this.#deps.stores.egressGroups.list(nodeName).items;
  }

  /** The reasons, for people, why agents cannot be served yet; empty when they can. */
  missing(): readonly string[] {
    const unsynced = this.#deps.cluster.unsynced();
    return unsynced.length > 0 || this.#decision !== undefined ? unsynced : ['the first decision'];
  }

  /** No tick starts any more; resolves when the one under way has ended. */
  stop(): Promise<void> {
    this.#cancelStartupGrace?.();
    return this.#runner.stop();
  }

  /**
   * The start-up grace begins when agents can report. When it ends, an egress IP that no report and
   * no status assigns to a Node counts as unassigned.
   */
  #beginStartupGrace({ index }: Decision): void {
    if (this.#cancelStartupGrace !== undefined) {
      return;
    }
    const { clock, config, logger } = this.#deps;
    const { pods, egresses } = index.size;
    logger.info({ pods, egresses }, 'cluster seen');
    this.#cancelStartupGrace = clock.after(config.reportGrace, () => {
      this.#startupGrace = false;
      this.#decider.endStartupGrace();
      this.#runner.trigger();
    });
  }

  /** If the Node comes back, its agent has to report again. */
  #dropReportsOfGoneNodes(): void {
    for (const nodeName of this.#reports.retain(this.#decider.nodes)) {
      this.#notify(({ nodeGone }) => nodeGone?.(nodeName));
    }
  }

  /** Removals count for Egresses that exist, on Nodes that exist. */
  #noteRemovals(
    { egresses, nodes }: Decision,
    views: ViewChanges,
    deltas: readonly ClusterDelta[],
  ): void {
    for (const [nodeName, changes] of views) {
      for (const [egress, view] of changes) {
        if (view !== undefined) {
          this.#pendingRemovals.delete(egress, nodeName);
        } else if (egresses.has(egress) && nodes.has(nodeName)) {
          this.#pendingRemovals.add(egress, nodeName);
        }
      }
    }
    for (const { kind, key } of deltas) {
      if (kind === 'egress' && !egresses.has(key)) {
        this.#pendingRemovals.deleteEgress(key);
      }
      if (kind === 'node' && !nodes.has(key)) {
        this.#pendingRemovals.deleteNode(key);
      }
    }
  }

  /** The Egresses whose progress depends on the Node. */
  #egressesOn(nodeName: string): ReadonlySet<string> {
    const groups = this.groupsOn(nodeName).map(({ metadata }) => metadata.name);
    return new Set([...groups, ...this.#pendingRemovals.on(nodeName)]);
  }

  #notify(call: (listener: LoopListener) => void): void {
    for (const listener of this.#listeners) {
      call(listener);
    }
  }
}

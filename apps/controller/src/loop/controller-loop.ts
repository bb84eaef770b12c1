import type { NodeReport } from '@sallyport/api';
import type { GroupCache } from '@sallyport/grouping';
import type { Clock, Runner } from '@sallyport/reconcile';
import { createRunner } from '@sallyport/reconcile';
import type { PendingRemovals, ProgressInput } from '@sallyport/status';
import { hasApplied, pendingRemovalsAfter } from '@sallyport/status';
import type { Logger } from 'pino';
import type { ControllerConfig } from '../config.ts';
import type { NodeReports, NodeReportsView } from '../observe/node-reports.ts';
import { createNodeReports } from '../observe/node-reports.ts';
import type { ObservedCluster } from '../observe/observed-cluster.ts';
import type { Published } from '../publish/publish.ts';
import { publish } from '../publish/publish.ts';
import type { Stores } from '../publish/stores.ts';
import { publishedVersionsOf } from '../publish/stores.ts';
import type { Decision } from './decide.ts';
import { decide } from './decide.ts';
import type { MemberResolver, Membership } from './member-resolver.ts';

/** Everything that the loop does not decide: the observed cluster, the stores, the clocks. */
export interface ControllerLoopDependencies {
  readonly config: Pick<ControllerConfig, 'reportGrace' | 'podCidrs' | 'serviceCidrs'>;
  readonly cluster: Pick<ObservedCluster, 'unsynced' | 'egresses' | 'nodes' | 'onChange'>;
  readonly resolver: MemberResolver;
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
  readonly decided?: (published: Published, durationMs: number) => void;
  /** A Node has reported, but no other addresses than before. */
  readonly progressed?: () => void;
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
  /** Undefined while it is out of date. */
  #membership: Membership | undefined;
  readonly #groupCache: GroupCache = new WeakMap();
  #decision: Decision | undefined;
  #pendingRemovals: PendingRemovals = new Map();
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
    deps.cluster.onChange((changed) => {
      if (changed === 'membership') {
        this.#membership = undefined;
      }
      this.#runner.trigger();
    });
  }

  subscribe(listener: LoopListener): void {
    this.#listeners.push(listener);
  }

  /** Keeps the latest report of a Node. A change of addresses places egress IPs anew. */
  accept(report: NodeReport): void {
    const { addressesChanged } = this.#reports.put(report, this.#deps.nowMs());
    this.#deps.logger.debug({ node: report.metadata.name, report }, 'Node reported');
    if (addressesChanged) {
      this.#runner.trigger();
    } else {
      this.#notify(({ progressed }) => progressed?.());
    }
  }

  /**
   * One pass. Members are resolved only if the cluster has changed in a part that they depend on.
   * The status and the resourceVersion of each Egress are always the latest. Returns undefined, and
   * does nothing, before the whole cluster has been seen once.
   */
  tick(): Published | undefined {
    const { cluster, resolver, stores, config, monotonicMs } = this.#deps;
    if (cluster.unsynced().length > 0) {
      return undefined;
    }
    const startedAt = monotonicMs();
    const membership = (this.#membership ??= resolver.resolve());
    const nodes = cluster.nodes();
    this.#beginStartupGrace(membership);
    this.#dropReportsExceptOf(nodes);
    const facts = {
      ...cluster.egresses(),
      nodes,
      reports: new Map(this.#reports.all),
      startupGrace: this.#startupGrace,
      podCIDRs: config.podCidrs,
      serviceCIDRs: config.serviceCidrs,
    };
    const decision = decide(membership, facts, this.#groupCache);
    const published = publish(decision, stores);
    const before = { decision: this.#decision, pendingRemovals: this.#pendingRemovals };
    const progress = this.progress();
    this.#pendingRemovals = pendingRemovalsAfter(before, decision, (nodeName, egress) =>
      hasApplied(nodeName, egress, progress),
    );
    this.#decision = decision;
    const durationMs = monotonicMs() - startedAt;
    this.#notify(({ decided }) => decided?.(published, durationMs));
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
  #beginStartupGrace({ pods, resolved }: Membership): void {
    if (this.#cancelStartupGrace !== undefined) {
      return;
    }
    const { clock, config, logger } = this.#deps;
    logger.info({ pods: pods.length, egresses: resolved.size }, 'cluster seen');
    this.#cancelStartupGrace = clock.after(config.reportGrace, () => {
      this.#startupGrace = false;
      this.#runner.trigger();
    });
  }

  /** If the Node comes back, its agent has to report again. */
  #dropReportsExceptOf(nodes: ReadonlyMap<string, unknown>): void {
    for (const nodeName of this.#reports.retain(nodes)) {
      this.#notify(({ nodeGone }) => nodeGone?.(nodeName));
    }
  }

  #notify(call: (listener: LoopListener) => void): void {
    for (const listener of this.#listeners) {
      call(listener);
    }
  }
}

import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import type { InterfaceAddress } from '@sallyport/dataplane';
import type { Clock, Runner } from '@sallyport/reconcile';
import { createRunner } from '@sallyport/reconcile';
import type { ReflectorState } from '@sallyport/watch';
import type { Logger } from 'pino';
import type { AgentConfig } from '../config.ts';
import { marksOf } from '../config.ts';
import type { AgentMetrics } from '../metrics.ts';
import type { Pass, PassInput, PassResult } from '../pass/dataplane-pass.ts';
import type { PassOutcome } from '../pass/pass-outcome.ts';
import { failedPass, isInSync, NO_PASS_YET, succeededPass } from '../pass/pass-outcome.ts';
import { findingsFor } from '../report/findings-for.ts';
import type { NodeReporter } from '../report/node-reporter.ts';

/** Everything that the loop does not decide: the machine, the clock, the controller. */
export interface AgentLoopDependencies {
  readonly config: AgentConfig;
  /** Brings the dataplane to its desired state. */
  readonly pass: Pass;
  readonly reporter: Pick<NodeReporter, 'report' | 'repeat'>;
  readonly clock: Clock;
  /** Milliseconds from any fixed point, for durations. */
  readonly monotonicMs: () => number;
  readonly logger: Logger;
  readonly metrics: AgentMetrics;
}

/** The view of the loop that `/state` shows. */
export interface AgentState extends Omit<PassOutcome, 'realized' | 'faults'> {
  /** The inputs that the first pass still waits for; empty when all have come. */
  readonly waitingFor: readonly string[];
  readonly groups: readonly EgressGroup[];
  readonly network: ClusterNetwork | undefined;
  readonly addresses: readonly InterfaceAddress[];
  readonly realizedResourceVersion: string;
  readonly realizedNetworkVersion: string;
}

/** A burst of changes is applied in passes at least this far apart. */
const MIN_INTERVAL_MS = 50;
const RETRY_MS = 200;
const MAX_RETRY_MS = 5000;

/**
 * The agent's loop. It keeps the latest input and makes a pass over the dataplane after each change
 * and each resync interval. After a failure it repeats the pass until it succeeds.
 */
export class AgentLoop {
  readonly #deps: AgentLoopDependencies;
  readonly #runner: Runner;
  #groups: { readonly list: readonly EgressGroup[]; readonly resourceVersion: string } | undefined;
  #network: ClusterNetwork | undefined;
  #addresses: readonly InterfaceAddress[] | undefined;
  #outcome: PassOutcome = NO_PASS_YET;
  #loggedFailure: string | undefined;
  #wrongSourcesDropped = 0;

  constructor(deps: AgentLoopDependencies) {
    this.#deps = deps;
    this.#runner = createRunner({
      reconcile: () => this.tick(),
      onError: (error) => {
        this.#logFailure(error);
      },
      clock: deps.clock,
      minIntervalMs: MIN_INTERVAL_MS,
      retryMs: RETRY_MS,
      maxRetryMs: MAX_RETRY_MS,
      resyncMs: deps.config.resyncInterval,
    });
  }

  /** The controller has published these EgressGroups for this Node. */
  groupsChanged({ objects, resourceVersion }: ReflectorState<EgressGroup>): void {
    this.#groups = { list: [...objects.values()], resourceVersion };
    this.#runner.trigger();
  }

  /** The controller has published this ClusterNetwork. */
  networkChanged({ objects }: ReflectorState<ClusterNetwork>): void {
    this.#network = objects.get('default');
    this.#report();
    this.#runner.trigger();
  }

  /** The Node has these addresses on its interfaces. */
  addressesChanged(addresses: readonly InterfaceAddress[]): void {
    this.#addresses = addresses;
    this.#report();
    this.#runner.trigger();
  }

  /** Something of ours in the dataplane may have changed, by us or by other software. */
  dataplaneChanged(): void {
    this.#runner.trigger();
  }

  /** A watch is connected again, perhaps to a controller without our report. */
  reconnected(): void {
    this.#deps.reporter.repeat();
  }

  /**
   * One pass, if all input is there. Rejects when the pass fails. Calls must not overlap; the
   * loop's own runner sees to that.
   */
  async tick(): Promise<void> {
    const input = this.#passInput();
    if (input === undefined) {
      return;
    }
    const { monotonicMs, metrics } = this.#deps;
    const versions = {
      groups: this.#groups?.resourceVersion ?? '',
      network: input.network.metadata.resourceVersion,
    };
    const startedAt = monotonicMs();
    try {
      const result = await this.#pass(input);
      this.#logChange(result, versions.groups, monotonicMs() - startedAt);
      this.#countDropped(result);
      this.#passEnded(succeededPass(result, versions));
    } catch (error) {
      this.#passEnded(failedPass(this.#outcome, error));
      throw error;
    } finally {
      metrics.passDuration.observe((monotonicMs() - startedAt) / 1000);
    }
  }

  state(): AgentState {
    const { realized, lastPass, failure, lastResult } = this.#outcome;
    return {
      waitingFor: [
        ...(this.#groups === undefined ? ['egressgroups'] : []),
        ...(this.#network === undefined ? ['clusternetworks'] : []),
        ...(this.#addresses === undefined ? ['addresses'] : []),
      ],
      groups: this.#groups?.list ?? [],
      network: this.#network,
      addresses: this.#addresses ?? [],
      lastResult,
      realizedResourceVersion: realized.groups,
      realizedNetworkVersion: realized.network,
      lastPass,
      failure,
    };
  }

  /** No pass starts any more; resolves when the one under way has ended. */
  stop(): Promise<void> {
    return this.#runner.stop();
  }

  #passInput(): PassInput | undefined {
    const { config } = this.#deps;
    if (this.#groups === undefined || this.#network === undefined) {
      return undefined;
    }
    return (
      this.#addresses && {
        nodeName: config.nodeName,
        marks: marksOf(config),
        tunnelUdpPort: config.tunnelPort,
        tunnelMtu: config.tunnelMtu,
        groups: this.#groups.list,
        network: this.#network,
        addresses: this.#addresses,
      }
    );
  }

  #pass(input: PassInput): Promise<PassResult> {
    const { pass, metrics, logger } = this.#deps;
    return pass(input, (operation) => {
      metrics.operations.inc({ op: operation.op });
      logger.debug({ operation }, 'operation applied');
    });
  }

  #passEnded(outcome: PassOutcome): void {
    const { metrics, logger } = this.#deps;
    const wasInSync = isInSync(this.#outcome);
    this.#outcome = outcome;
    metrics.passes.inc({ result: outcome.failure === undefined ? 'ok' : 'failed' });
    metrics.inSync.set(isInSync(outcome) ? 1 : 0);
    if (outcome.failure === undefined) {
      this.#loggedFailure = undefined;
    }
    if (!wasInSync && isInSync(outcome)) {
      logger.info('dataplane is in sync again');
    }
    this.#report();
  }

  #report(): void {
    // An agent that restarts reports after its first pass. Otherwise the controller would take
    // Egresses that an earlier agent realized for not realized.
    if (
      this.#outcome.lastPass === 'none' ||
      this.#network === undefined ||
      this.#addresses === undefined
    ) {
      return;
    }
    this.#deps.reporter.report(
      findingsFor({
        nodeName: this.#deps.config.nodeName,
        network: this.#network,
        addresses: this.#addresses,
        outcome: this.#outcome,
      }),
    );
  }

  #countDropped({ wrongSourcesDropped }: PassResult): void {
    // Rules that were made again count from 0.
    const isContinued = wrongSourcesDropped >= this.#wrongSourcesDropped;
    const packets = wrongSourcesDropped - (isContinued ? this.#wrongSourcesDropped : 0);
    this.#wrongSourcesDropped = wrongSourcesDropped;
    if (packets > 0) {
      this.#deps.metrics.wrongSourcesDropped.inc(packets);
      this.#deps.logger.warn({ packets }, 'packets with a wrong source were dropped');
    }
  }

  #logChange({ applied }: PassResult, resourceVersion: string, durationMs: number): void {
    if (applied.length > 0) {
      const ops = applied.map(({ op }) => op);
      this.#deps.logger.info(
        { ops, resourceVersion, ms: Math.round(durationMs) },
        'dataplane changed',
      );
    }
  }

  /** Logs a failure that lasts as an error once; metrics count the failed passes. */
  #logFailure(err: unknown): void {
    const { failure } = this.#outcome;
    const level = failure === this.#loggedFailure ? 'debug' : 'error';
    this.#deps.logger[level]({ err }, 'dataplane pass failed');
    this.#loggedFailure = failure;
  }
}

import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import type { Marks } from '@sallyport/dataplane';
import { GATEWAY_PORT } from '@sallyport/dataplane';
import type { Clock } from '@sallyport/reconcile';
import { createRunner } from '@sallyport/reconcile';
import type { InterfaceAddress } from '@sallyport/rtnetlink';
import { reportableAddresses } from '@sallyport/rtnetlink';
import type { ReflectorState } from '@sallyport/watch';
import type { Logger } from 'pino';
import type { AgentMetrics } from './agent-metrics.ts';
import type { Pass, PassInput, PassResult } from './dataplane-pass.ts';
import { nodeIpOf } from './dataplane-pass.ts';
import type { NodeReporter } from './node-reporter.ts';

export interface AgentOptions {
  readonly nodeName: string;
  readonly marks: Marks;
  readonly tunnelUdpPort: number;
  /** Makes the dataplane what it should be. */
  readonly pass: Pass;
  readonly reporter: NodeReporter;
  readonly resyncMs: number;
  readonly clock: Clock;
  /** Milliseconds from any fixed point, for durations. */
  readonly now: () => number;
  readonly logger: Logger;
  readonly metrics: AgentMetrics;
}

/** What `/state` shows. */
export interface AgentState {
  /** What the agent still waits for before it touches the dataplane; empty when it has all. */
  readonly waitingFor: readonly string[];
  readonly groups: readonly EgressGroup[];
  readonly network: ClusterNetwork | undefined;
  readonly addresses: readonly InterfaceAddress[];
  readonly lastResult: PassResult | undefined;
  readonly realizedResourceVersion: string;
  readonly realizedNetworkVersion: string;
  readonly lastPass: 'none' | 'ok' | 'failed';
  /** Why the last pass failed; undefined when it did not, or before the first one. */
  readonly failure: string | undefined;
}

/**
 * The agent's loop. What it is told comes by the three calls; they only note it, and ask for a
 * pass.
 */
export interface Agent {
  readonly groupsChanged: (state: ReflectorState<EgressGroup>) => void;
  readonly networkChanged: (state: ReflectorState<ClusterNetwork>) => void;
  readonly addressesChanged: (addresses: readonly InterfaceAddress[]) => void;
  /** The controller may have forgotten what it was told. */
  readonly reconnected: () => void;
  readonly state: () => AgentState;
  readonly stop: () => Promise<void>;
}

/** A burst of changes is applied in passes at least this far apart. */
const MIN_INTERVAL_MS = 50;
const RETRY_MS = 200;
const MAX_RETRY_MS = 5000;

export function createAgent(options: AgentOptions): Agent {
  const { nodeName, marks, tunnelUdpPort, reporter, resyncMs, clock, now, logger, metrics } =
    options;
  let groups:
    { readonly list: readonly EgressGroup[]; readonly resourceVersion: string } | undefined;
  let network: ClusterNetwork | undefined;
  let addresses: readonly InterfaceAddress[] | undefined;
  let lastResult: PassResult | undefined;
  let realizedResourceVersion = '';
  let realizedNetworkVersion = '';
  let failure: string | undefined;
  let faults: PassResult['faults'] = [];
  let loggedFailure: string | undefined;
  let lastPass: AgentState['lastPass'] = 'none';

  const passInput = (): PassInput | undefined =>
    groups === undefined || network === undefined || addresses === undefined
      ? undefined
      : { nodeName, marks, tunnelUdpPort, groups: groups.list, network, addresses };

  const report = (): void => {
    // A restarted agent reports after its first pass: what it realized before must not look undone.
    if (lastPass === 'none' || network === undefined || addresses === undefined) {
      return;
    }
    const { podCIDRs, serviceCIDRs } = network;
    const nodeIP = nodeIpOf(network, nodeName);
    reporter.report({
      addresses: reportableAddresses(addresses, {
        podCIDRs,
        serviceCIDRs,
        nodeIP,
        ownDevices: [GATEWAY_PORT.name],
      }),
      realizedResourceVersion,
      realizedNetworkVersion,
      ...(failure === undefined ? {} : { failure }),
      ...(faults.length === 0 ? {} : { faults }),
    });
  };

  const isInSync = (): boolean => failure === undefined && faults.length === 0;

  /** @param reason why it failed, if it did. */
  const passEnded = (
    startedAt: number,
    reason: string | undefined,
    found: PassResult['faults'],
  ): void => {
    const wasInSync = isInSync();
    failure = reason;
    faults = found;
    lastPass = reason === undefined ? 'ok' : 'failed';
    metrics.passes.inc({ result: lastPass });
    metrics.passSeconds.observe((now() - startedAt) / 1000);
    metrics.inSync.set(isInSync() ? 1 : 0);
    if (reason === undefined) {
      loggedFailure = undefined;
    }
    if (!wasInSync && isInSync()) {
      logger.info('dataplane is in sync again');
    }
    report();
  };

  const reconcile = async (): Promise<void> => {
    const input = passInput();
    if (input === undefined) {
      return;
    }
    const resourceVersion = groups?.resourceVersion ?? '';
    const startedAt = now();
    try {
      const result = await options.pass(input, (operation) => {
        metrics.operations.inc({ op: operation.op });
        logger.debug({ operation }, 'operation applied');
      });
      if (result.applied.length > 0) {
        const ops = result.applied.map(({ op }) => op);
        logger.info(
          { ops, resourceVersion, ms: Math.round(now() - startedAt) },
          'dataplane changed',
        );
      }
      lastResult = result;
      realizedResourceVersion = resourceVersion;
      realizedNetworkVersion = input.network.metadata.resourceVersion;
      passEnded(startedAt, undefined, result.faults);
    } catch (error) {
      passEnded(startedAt, error instanceof Error ? error.message : String(error), []);
      throw error;
    }
  };

  const runner = createRunner({
    reconcile,
    onError: (err) => {
      // A failure that lasts is logged once; the metrics count its passes.
      logger[failure === loggedFailure ? 'debug' : 'error']({ err }, 'dataplane pass failed');
      loggedFailure = failure;
    },
    clock,
    minIntervalMs: MIN_INTERVAL_MS,
    retryMs: RETRY_MS,
    maxRetryMs: MAX_RETRY_MS,
    resyncMs,
  });

  return {
    groupsChanged({ objects, resourceVersion }) {
      groups = { list: [...objects.values()], resourceVersion };
      runner.trigger();
    },
    networkChanged({ objects }) {
      network = objects.get('default');
      report();
      runner.trigger();
    },
    addressesChanged(current) {
      addresses = current;
      report();
      runner.trigger();
    },
    reconnected: () => {
      reporter.repeat();
    },
    state: () => ({
      waitingFor: [
        ...(groups === undefined ? ['egressgroups'] : []),
        ...(network === undefined ? ['clusternetworks'] : []),
        ...(addresses === undefined ? ['addresses'] : []),
      ],
      groups: groups?.list ?? [],
      network,
      addresses: addresses ?? [],
      lastResult,
      realizedResourceVersion,
      realizedNetworkVersion,
      lastPass,
      failure,
    }),
    stop: () => runner.stop(),
  };
}

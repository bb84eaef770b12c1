import assert from 'node:assert/strict';
import type { RunCommand } from '@sallyport/command';
import { runCommand } from '@sallyport/command';
import { openConntrack } from '@sallyport/conntrack';
import type { ObservedBridge, ObservedNetfilter, Operation } from '@sallyport/dataplane';
import {
  DEFAULT_TUNNEL_UDP_PORT,
  defaultMarks,
  diffSteps,
  operationsOf,
  planDataplane,
} from '@sallyport/dataplane';
import type { BackendOperation, SnatBackend } from '@sallyport/netfilter';
import { openBackend } from '@sallyport/netfilter';
import { gatewayInput, PODS } from './plan-rounds.ts';

/** The changes of one backend. */
export interface PodChanges {
  /** Of each change, in milliseconds of wall time. */
  readonly timesMs: readonly number[];
  /** The programs that one change starts, on average. */
  readonly programs: number;
}

type Observed = ObservedNetfilter<BackendOperation>;

const BRIDGE: ObservedBridge<BackendOperation> = {
  diff: () => ({ ports: [], add: [], remove: [] }),
};

/**
 * One Pod more and one Pod less in turn, on a gateway with 250 Pods and 255 egress IPs. Each goes
 * through the real netfilter and conntrack of this network namespace. It begins with new groups in
 * the agent's hands, and ends with rules that were read back as wanted. Open vSwitch and the
 * routing are left out, as such a change does not concern them.
 */
export async function measurePodChanges(backend: SnatBackend, rounds: number): Promise<PodChanges> {
  let programs = 0;
  const run: RunCommand = (...call) => {
    programs += 1;
    return runCommand(...call);
  };
  const config = { marks: defaultMarks, tunnelPort: DEFAULT_TUNNEL_UDP_PORT };
  const { netfilter } = await openBackend(run, config, backend, { keepOther: false });
  const conntrack = openConntrack(defaultMarks);

  async function change(observed: Observed, pods: number): Promise<Observed> {
    for (const operation of operationsFor(observed, pods)) {
      if (operation.op === 'delete-connections') {
        await conntrack.apply(operation);
      } else if (isOfNetfilter(operation)) {
        await netfilter.apply(operation);
      }
    }
    const after = await netfilter.observe({ ownOnly: true });
    assert.deepEqual(operationsFor(after, pods), []);
    return after;
  }

  // An agent begins with the state that it read back last.
  let observed = await change(await netfilter.observe(), PODS);
  programs = 0;
  const timesMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    observed = await change(observed, PODS + ((round + 1) % 2));
    timesMs.push(performance.now() - startedAt);
  }
  return { timesMs, programs: programs / rounds };
}

function operationsFor(netfilter: Observed, pods: number): readonly Operation<BackendOperation>[] {
  const { desired } = planDataplane({
    ...gatewayInput(pods),
    marks: defaultMarks,
    tunnelUdpPort: DEFAULT_TUNNEL_UDP_PORT,
    snatIdsInUse: netfilter.snatIds,
  });
  const routing = { ...desired.routing, sourceRules: [] };
  return operationsOf(diffSteps({ netfilter, bridge: BRIDGE, routing }, desired));
}

function isOfNetfilter(
  operation: Operation<BackendOperation>,
): operation is Extract<
  Operation<BackendOperation>,
  { op: BackendOperation['op'] | 'update-sets' }
> {
  return ['update-sets', 'nft-rules', 'iptables-restore'].includes(operation.op);
}

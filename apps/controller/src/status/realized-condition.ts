import { renderFault } from '@sallyport/api';
import { withoutGateway } from './ip-assigned-condition.ts';
import { listed, listedTexts } from './listed.ts';
import type { NodeProgress } from './node-progress.ts';
import type { StatusInput, Verdict } from './plan-status.ts';
import { IPV6_NOT_SUPPORTED, unserved } from './unserved.ts';

/**
 * Do all Nodes concerned do what the Egress says? Not while traffic leaves with another address
 * than one that the Egress names.
 */
export function realizedCondition({
  egress,
  faults,
  holder,
  progress,
  previous,
}: StatusInput): Verdict | 'Undecided' {
  if (faults.length > 0) {
    return { status: 'False', reason: 'Invalid', message: faults.map(renderFault).join(' ') };
  }
  if (holder.kind !== 'One') {
    return {
      status: 'False',
      reason: 'NoGateway',
      message: `see IPAssigned; ${withoutGateway(egress)}`,
    };
  }
  const failing = progress.filter((node) => node.state === 'Failing');
  if (failing.length > 0) {
    const message = listedTexts(
      failing.map(({ nodeName, failure }) => `Node ${nodeName}: ${failure}`),
    );
    return { status: 'False', reason: 'Failing', message };
  }
  const behind = namesOf(progress, 'Behind', 'Silent');
  if (behind.length > 0) {
    return { status: 'False', reason: 'Pending', message: `waiting for Nodes ${listed(behind)}` };
  }
  const unknown = namesOf(progress, 'Unknown');
  if (unknown.length > 0) {
    if (previous.conditions?.some(({ type }) => type === 'Realized') === true) {
      return 'Undecided';
    }
    return {
      status: 'Unknown',
      reason: 'WaitingForNodes',
      message: `waiting for Nodes ${listed(unknown)} to report`,
    };
  }
  const bandwidth =
    egress.bandwidth === undefined ? [] : ['this version does not enforce bandwidth'];
  const down = namesOf(progress, 'NotReady');
  const unless =
    down.length === 0 ? [] : [`Nodes ${listed(down)} are not Ready and have yet to be told`];
  const nodes = listed(namesOf(progress, 'Realized'));
  const leaking = unserved(egress);
  const verdict: Pick<Verdict, 'status' | 'reason'> =
    leaking.length === 0
      ? { status: 'True', reason: 'Realized' }
      : { status: 'False', reason: IPV6_NOT_SUPPORTED };
  return {
    ...verdict,
    message: [`in effect on ${nodes}`, ...unless, ...bandwidth, ...leaking].join('; '),
  };
}

function namesOf(
  progress: readonly NodeProgress[],
  ...states: NodeProgress['state'][]
): readonly string[] {
  return progress.filter(({ state }) => states.includes(state)).map(({ nodeName }) => nodeName);
}

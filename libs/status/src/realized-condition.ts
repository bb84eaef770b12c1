import { renderFault } from '@sallyport/api';
import { joinNames, joinTexts } from './join-names.ts';
import type { NodeProgress } from './node-progress.ts';
import type { StatusInput } from './status-input.ts';
import { trafficWithoutGateway, unsupportedTraffic } from './traffic-texts.ts';
import type { Verdict } from './verdict.ts';
import { verdict } from './verdict.ts';

/**
 * Whether all Nodes concerned have applied the Egress. It is never True while traffic leaves with
 * an address that the Egress does not name. Undecided: leave the condition as it is.
 */
export function realizedCondition(input: StatusInput): Verdict | 'undecided' {
  const { egress, faults, placement, progress, previous } = input;
  if (faults.length > 0) {
    return verdict('Realized', 'Invalid', faults.map(renderFault).join(' '));
  }
  if (placement.kind !== 'one') {
    const message = `no gateway, see IPAssigned; ${trafficWithoutGateway(egress)}`;
    return verdict('Realized', 'NoGateway', message);
  }
  const failing = progress.filter((node) => node.kind === 'failing');
  if (failing.length > 0) {
    const texts = failing.map(({ nodeName, failure }) => `Node ${nodeName}: ${failure}`);
    return verdict('Realized', 'Failing', joinTexts(texts));
  }
  const behind = namesOf(progress, 'behind', 'silent');
  if (behind.length > 0) {
    const message = `waiting for Nodes ${joinNames(behind)} to apply the latest version`;
    return verdict('Realized', 'Pending', message);
  }
  const unknown = namesOf(progress, 'unknown');
  if (unknown.length > 0) {
    const isKnown = previous.conditions?.some(({ type }) => type === 'Realized') === true;
    const message = `waiting for Nodes ${joinNames(unknown)} to report their progress`;
    return isKnown ? 'undecided' : verdict('Realized', 'WaitingForNodes', message);
  }
  return appliedEverywhere(input);
}

function appliedEverywhere({ egress, progress }: StatusInput): Verdict {
  const nodes = joinNames(namesOf(progress, 'realized'));
  const down = namesOf(progress, 'not-ready');
  const unless =
    down.length === 0
      ? []
      : [`Nodes ${joinNames(down)} are not Ready and have not removed an earlier version`];
  const bandwidth =
    egress.bandwidth === undefined ? [] : ['this version does not enforce bandwidth'];
  const unsupported = unsupportedTraffic(egress);
  const message = [`applied by Nodes ${nodes}`, ...unless, ...bandwidth, ...unsupported].join('; ');
  return verdict('Realized', unsupported.length === 0 ? 'Realized' : 'IPv6NotSupported', message);
}

function namesOf(
  progress: readonly NodeProgress[],
  ...kinds: NodeProgress['kind'][]
): readonly string[] {
  return progress.filter(({ kind }) => kinds.includes(kind)).map(({ nodeName }) => nodeName);
}

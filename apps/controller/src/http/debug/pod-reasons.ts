import { ipFamily } from '@sallyport/api';
import type { EgressExplanation, Exclusion, PodExplanation } from '@sallyport/grouping';
import { isSupported } from '@sallyport/placement';
import type { Decision } from '../../loop/decider.ts';
import type { EffectiveEgress } from './effective-egress.ts';

const exclusions: Readonly<Record<Exclusion, string>> = {
  'host-network': 'it uses the network of its Node (hostNetwork), so it has the IP of the Node',
  finished: 'it has finished and sends nothing any more',
  terminated: 'it is being deleted, and has no address any more or lost it to another Pod',
  unscheduled: 'it is not on a Node yet',
};

/** The sentences that say how the Pod's traffic leaves. */
export function reasonOf(
  { excluded, ips }: PodExplanation,
  effective: readonly EffectiveEgress[],
  decision: Pick<Decision, 'egresses' | 'placements'>,
): string {
  if (excluded !== undefined) {
    return `No Egress applies to the Pod: ${exclusions[excluded]}.`;
  }
  const ipv6 = ips.every((ip) => isSupported(ipFamily(ip)))
    ? []
    : ['Its IPv6 traffic leaves as if there were no Egress: this version supports IPv4 only.'];
  if (effective.length === 0) {
    const subject = ipv6.length === 0 ? 'the Pod' : 'the IPv4 traffic of the Pod';
    return [`No Egress applies to ${subject}: it leaves from the IP of its Node.`, ...ipv6].join(
      ' ',
    );
  }
  return [...effective.map((egress) => sentenceOf(egress, decision)), ...ipv6].join(' ');
}

/** Why an Egress does not apply to the Pod, as the end of a sentence about the Egress. */
export function reasonOfOther(
  { effectiveFor, overridden, selection }: EgressExplanation,
  excluded: Exclusion | undefined,
): string {
  switch (selection) {
    case 'selected':
      if (excluded !== undefined) {
        return 'it selects the Pod, but no Egress can apply to the Pod';
      }
      if (effectiveFor.length > 0) {
        return `it applies to ${effectiveFor.join(', ')} only, which this version does not support`;
      }
      return overridden.length === 0
        ? "it selects the Pod, but the Pod has no address of the Egress's address family"
        : overridden
            .map(
              ({ family, by }) =>
                `Egress ${by} overrides it for ${family}: it is older, or its name sorts first`,
            )
            .join('; ');
    case 'selects-nothing':
      return 'its appliedTo has neither podSelector nor namespaceSelector, which selects nothing';
    case 'pod-labels-differ':
      return 'its podSelector does not match the labels of the Pod';
    case 'namespace-labels-differ':
      return 'its namespaceSelector does not match the labels of the Namespace';
  }
}

function sentenceOf(
  { egress: name, egressIPs, gateway }: EffectiveEgress,
  { egresses, placements }: Pick<Decision, 'egresses' | 'placements'>,
): string {
  if (gateway !== undefined) {
    return `Egress ${name} applies to the Pod: external IPv4 traffic leaves from ${egressIPs.join(', ')} on Node ${gateway.nodeName}.`;
  }
  const observed = egresses.get(name);
  const consequence =
    observed?.egress.unavailable === 'NodeIP' ? 'leaves from the IP of its Node' : 'is dropped';
  return `Egress ${name} applies to the Pod, but has no gateway (placement: ${placements.get(name)?.kind ?? 'no-ip'}): external IPv4 traffic ${consequence}.`;
}

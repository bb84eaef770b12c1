import { ipFamily } from '@sallyport/api';
import { GatewaySchema, PodRefSchema } from '@sallyport/api/schemas';
import type { EgressVerdict, Exclusion, PodRef } from '@sallyport/grouping';
import { explainPod } from '@sallyport/grouping';
import type { Static } from 'typebox';
import { Type } from 'typebox';
import type { Decision } from '../../decide/decide.ts';
import { gatewayOf } from '../../holders/holders-for.ts';
import { isServed, servedIpsOf } from '../../holders/served.ts';
import type { ProgressInput } from '../../status/node-progress.ts';
import { nodeProgressFor } from '../../status/node-progress.ts';

/** The answer of `/debug/pods/{namespace}/{name}`. */
export const PodViewSchema = Type.Object({
  pod: PodRefSchema,
  nodeName: Type.Optional(Type.String()),
  ips: Type.Array(Type.String()),
  outcome: Type.Union(
    [Type.Literal('Governed'), Type.Literal('Unselected'), Type.Literal('Excluded')],
    {
      description:
        'Governed: an Egress decides how its IPv4 traffic leaves; this version leaves IPv6 alone',
    },
  ),
  reason: Type.String({ description: 'Why, in a sentence' }),
  winners: Type.Array(
    Type.Object({
      egress: Type.String(),
      families: Type.Array(Type.String(), {
        description: 'Those of its traffic that leaves by the Egress',
      }),
      egressIPs: Type.Array(Type.String()),
      gateway: Type.Optional(GatewaySchema),
      realized: Type.Boolean({
        description: 'Whether the Node of the Pod and the gateway do what they were told',
      }),
    }),
  ),
  others: Type.Array(Type.Object({ egress: Type.String(), reason: Type.String() }), {
    description: 'The other Egresses, and why the Pod does not leave by them',
  }),
});

export type PodView = Static<typeof PodViewSchema>;

const exclusions: Readonly<Record<Exclusion, string>> = {
  HostNetwork: 'it uses the network of its Node (hostNetwork), so it has the IP of the Node',
  Finished: 'it has finished and sends nothing any more',
  Terminated: 'it is being deleted and has no address any more, or another Pod has it by now',
  Unscheduled: 'it is not on a Node yet',
};

/** Why a Pod leaves the cluster as it does, or undefined when there is no such Pod. */
export function podViewFor(
  ref: PodRef,
  decision: Decision,
  progress: ProgressInput,
): PodView | undefined {
  const { observation, holders } = decision;
  const egresses = observation.egresses.map(({ egress }) => egress);
  const explained = explainPod(
    { egresses, pods: observation.pods, namespaces: observation.namespaces },
    ref,
  );
  if (explained === undefined) {
    return undefined;
  }
  const { nodeName, excluded } = explained;
  const isRealized = (egress: string, node: string): boolean =>
    nodeProgressFor(node, egress, progress).state === 'Realized';

  const winners = explained.verdicts
    .filter(({ won }) => won.some(isServed))
    .map(({ egress: name, won }) => {
      const egress = egresses.find((other) => other.name === name);
      const gateway = gatewayOf(holders.get(name));
      return {
        egress: name,
        families: won.filter(isServed),
        egressIPs: egress === undefined ? [] : [...servedIpsOf(egress)],
        ...(gateway && { gateway }),
        realized:
          gateway !== undefined &&
          nodeName !== undefined &&
          [nodeName, gateway.nodeName].every((node) => isRealized(name, node)),
      };
    });

  const unavailable = (egress: string): string =>
    egresses.find(({ name }) => name === egress)?.unavailable === 'NodeIP'
      ? 'leaves from the IP of its Node'
      : 'is dropped';
  const sentence = (): string => {
    if (excluded !== undefined) {
      return `No Egress applies to the Pod: ${exclusions[excluded]}.`;
    }
    const ipv6 = explained.ips.every((ip) => isServed(ipFamily(ip)))
      ? []
      : ['Its IPv6 traffic leaves as if there were no Egress: this version steers IPv4 only.'];
    if (winners.length === 0) {
      const what = ipv6.length === 0 ? 'the Pod' : 'the IPv4 traffic of the Pod';
      return [`No Egress governs ${what}: it leaves from the IP of its Node.`, ...ipv6].join(' ');
    }
    const sentences = winners.map(({ egress, egressIPs, gateway }) =>
      gateway === undefined
        ? `Egress ${egress} governs the Pod, but no Node is its gateway (${holders.get(egress)?.kind ?? 'NoIP'}): external IPv4 traffic ${unavailable(egress)}.`
        : `Egress ${egress} governs the Pod: external IPv4 traffic leaves from ${egressIPs.join(', ')} on Node ${gateway.nodeName}.`,
    );
    return [...sentences, ...ipv6].join(' ');
  };

  return {
    pod: { ...explained.pod },
    ...(nodeName !== undefined && { nodeName }),
    ips: [...explained.ips],
    outcome: excluded !== undefined ? 'Excluded' : winners.length > 0 ? 'Governed' : 'Unselected',
    reason: sentence(),
    winners,
    others: explained.verdicts
      .filter(({ won }) => !won.some(isServed))
      .map((verdict) => ({
        egress: verdict.egress,
        reason:
          excluded !== undefined && verdict.selection === 'Selected'
            ? 'it selects the Pod, to which no Egress applies'
            : lossReason(verdict),
      })),
  };
}

function lossReason({ won, lost, selection }: EgressVerdict): string {
  switch (selection) {
    case 'Selected':
      if (won.length > 0) {
        return `it selects the Pod for ${won.join(', ')} only, which this version does not steer`;
      }
      return lost.length === 0
        ? 'it selects the Pod, which has no address of its families'
        : lost
            .map(
              ({ family, winner }) =>
                `Egress ${winner} has precedence for ${family}: it is older, or its name sorts first`,
            )
            .join('; ');
    case 'SelectsNothing':
      return 'its appliedTo has neither podSelector nor namespaceSelector, which selects nothing';
    case 'PodLabelsDiffer':
      return 'its podSelector does not match the labels of the Pod';
    case 'NamespaceLabelsDiffer':
      return 'its namespaceSelector does not match the labels of the Namespace';
  }
}

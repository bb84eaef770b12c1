import { explainPod, type EgressVerdict, type Exclusion, type PodRef } from '@sallyport/grouping';
import { Type, type Static } from 'typebox';
import type { Decision } from '../../decide/decide.ts';
import { gatewayOf } from '../../holders/holders-for.ts';
import { nodeProgressFor, type ProgressInput } from '../../status/node-progress.ts';
import { GatewaySchema, PodRefSchema } from '../schemas.ts';

/** The answer of `/debug/pods/{namespace}/{name}`. */
export const PodViewSchema = Type.Object({
  pod: PodRefSchema,
  nodeName: Type.Optional(Type.String()),
  ips: Type.Array(Type.String()),
  outcome: Type.Union([Type.Literal('Governed'), Type.Literal('Unselected'), Type.Literal('Excluded')]),
  reason: Type.String({ description: 'Why, in a sentence' }),
  winners: Type.Array(
    Type.Object({
      egress: Type.String(),
      families: Type.Array(Type.String()),
      egressIPs: Type.Array(Type.String()),
      gateway: Type.Optional(GatewaySchema),
      realized: Type.Boolean({ description: 'Whether the Node of the Pod and the gateway do what they were told' }),
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

const lossReason = ({ lost, selection }: EgressVerdict): string => {
  switch (selection) {
    case 'Selected':
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
};

/** Why a Pod leaves the cluster as it does, or undefined when there is no such Pod. */
export const podViewFor = (ref: PodRef, decision: Decision, progress: ProgressInput): PodView | undefined => {
  const { observation, holders } = decision;
  const egresses = observation.egresses.map(({ egress }) => egress);
  const explained = explainPod({ egresses, pods: observation.pods, namespaces: observation.namespaces }, ref);
  if (explained === undefined) return undefined;
  const { nodeName, excluded } = explained;
  const isRealized = (egress: string, node: string): boolean =>
    nodeProgressFor(node, egress, progress).state === 'Realized';

  const winners = explained.verdicts
    .filter(({ won }) => won.length > 0)
    .map(({ egress, won }) => {
      const gateway = gatewayOf(holders.get(egress));
      return {
        egress,
        families: [...won],
        egressIPs: [...(egresses.find(({ name }) => name === egress)?.egressIPs ?? [])],
        ...(gateway && { gateway }),
        realized:
          gateway !== undefined &&
          nodeName !== undefined &&
          [nodeName, gateway.nodeName].every((node) => isRealized(egress, node)),
      };
    });

  const unavailable = (egress: string): string =>
    egresses.find(({ name }) => name === egress)?.unavailable === 'NodeIP'
      ? 'leaves from the IP of its Node'
      : 'is dropped';
  const sentence = (): string => {
    if (excluded !== undefined) return `No Egress applies to the Pod: ${exclusions[excluded]}.`;
    if (winners.length === 0) return 'No Egress selects the Pod: it leaves from the IP of its Node.';
    return winners
      .map(({ egress, egressIPs, gateway }) =>
        gateway === undefined
          ? `Egress ${egress} governs the Pod, but no Node is its gateway (${holders.get(egress)?.kind ?? 'NoIP'}): external traffic ${unavailable(egress)}.`
          : `Egress ${egress} governs the Pod: external traffic leaves from ${egressIPs.join(', ')} on Node ${gateway.nodeName}.`,
      )
      .join(' ');
  };

  return {
    pod: { ...explained.pod },
    ...(nodeName !== undefined && { nodeName }),
    ips: [...explained.ips],
    outcome: excluded !== undefined ? 'Excluded' : winners.length > 0 ? 'Governed' : 'Unselected',
    reason: sentence(),
    winners,
    others: explained.verdicts
      .filter(({ won }) => won.length === 0)
      .map((verdict) => ({
        egress: verdict.egress,
        reason:
          excluded !== undefined && verdict.selection === 'Selected'
            ? 'it selects the Pod, to which no Egress applies'
            : lossReason(verdict),
      })),
  };
};

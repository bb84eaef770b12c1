import { byPrecedence } from '@sallyport/api';
import type { Contender } from './contest.ts';
import { contest } from './contest.ts';
import type { GroupIndex } from './group-index/group-index.ts';
import type { Exclusion, PodRef } from './pod.ts';
import { exclusionOf } from './pod.ts';
import type { Selection } from './selects.ts';
import { selects } from './selects.ts';

/** Why each Egress applies to one Pod, or does not. */
export interface PodExplanation {
  readonly pod: PodRef;
  readonly nodeName?: string;
  readonly ips: readonly string[];
  /** Why no Egress can apply to the Pod; absent if one can. */
  readonly excluded?: Exclusion;
  /** Every Egress, in the order of precedence. */
  readonly egresses: readonly EgressExplanation[];
}

/** How one Egress relates to the Pod. Both lists are empty unless it selects the Pod. */
export interface EgressExplanation extends Pick<Contender, 'effectiveFor' | 'overridden'> {
  readonly name: string;
  readonly selection: Selection;
}

/** Explains one Pod; undefined if the Pod does not exist. */
export function explainPod(
  index: Pick<GroupIndex, 'pod' | 'egresses'>,
  ref: PodRef,
): PodExplanation | undefined {
  const found = index.pod(ref);
  if (found === undefined) {
    return undefined;
  }
  const { pod, namespaceLabels } = found;
  const judged = [...index.egresses()].sort(byPrecedence).map((egress) => ({
    egress,
    selection: selects(egress.appliedTo, pod.labels, namespaceLabels),
  }));
  const selecting = judged.flatMap(({ egress, selection }) =>
    selection === 'selected' ? [egress] : [],
  );
  const excluded = exclusionOf(pod);
  const contenders = excluded === undefined ? contest(selecting, pod) : [];
  return {
    pod: { namespace: pod.namespace, name: pod.name },
    ...(pod.nodeName === undefined ? {} : { nodeName: pod.nodeName }),
    ips: pod.ips,
    ...(excluded === undefined ? {} : { excluded }),
    egresses: judged.map(({ egress: { name }, selection }) => {
      const { effectiveFor, overridden } = contenders.find(
        ({ egress }) => egress.name === name,
      ) ?? { effectiveFor: [], overridden: [] };
      return { name, selection, effectiveFor, overridden };
    }),
  };
}

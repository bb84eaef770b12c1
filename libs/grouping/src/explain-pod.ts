import { byPrecedence } from '@sallyport/api';
import { egressFinder } from './egress-finder.ts';
import { withOwnAddresses } from './own-addresses.ts';
import type { Exclusion, PodRef } from './pod.ts';
import { exclusionOf } from './pod.ts';
import type { Cluster, Contender } from './resolve-egresses.ts';
import { contest } from './resolve-egresses.ts';
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
  { egresses, pods, namespaces }: Cluster,
  ref: PodRef,
): PodExplanation | undefined {
  const pod = withOwnAddresses(pods).find(
    ({ namespace, name }) => namespace === ref.namespace && name === ref.name,
  );
  if (pod === undefined) {
    return undefined;
  }
  const labels = namespaces.find(({ name }) => name === pod.namespace)?.labels;
  const ordered = [...egresses].sort(byPrecedence);
  const excluded = exclusionOf(pod);
  const contenders = excluded === undefined ? contest(egressFinder(ordered), pod, labels) : [];
  return {
    pod: { namespace: pod.namespace, name: pod.name },
    ...(pod.nodeName === undefined ? {} : { nodeName: pod.nodeName }),
    ips: pod.ips,
    ...(excluded === undefined ? {} : { excluded }),
    egresses: ordered.map(({ name, appliedTo }) => {
      const { effectiveFor, overridden } = contenders.find(
        ({ egress }) => egress.name === name,
      ) ?? { effectiveFor: [], overridden: [] };
      const selection = selects(appliedTo, pod.labels, labels);
      return { name, selection, effectiveFor, overridden };
    }),
  };
}

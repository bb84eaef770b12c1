import { byPrecedence } from '@sallyport/api';
import { withOwnAddresses } from './own-addresses.ts';
import type { Exclusion, PodRef } from './pod.ts';
import { exclusionOf } from './pod.ts';
import type { Cluster, Contender } from './resolve-egresses.ts';
import { contest } from './resolve-egresses.ts';
import type { Selection } from './selects.ts';
import { selects } from './selects.ts';

/** What each Egress makes of one Pod. */
export interface PodExplanation {
  readonly pod: PodRef;
  readonly nodeName?: string;
  readonly ips: readonly string[];
  /** Why no Egress can govern the Pod, when that is so. */
  readonly excluded?: Exclusion;
  /**
   * Every Egress in the order of precedence: those that select the Pod say what they won and lost.
   */
  readonly verdicts: readonly EgressVerdict[];
}

export interface EgressVerdict extends Pick<Contender, 'won' | 'lost'> {
  readonly egress: string;
  readonly selection: Selection;
}

/** Why a Pod leaves the cluster as it does; undefined when there is no such Pod. */
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
  const contenders = excluded === undefined ? contest(ordered, pod, labels) : [];
  return {
    pod: { namespace: pod.namespace, name: pod.name },
    ...(pod.nodeName === undefined ? {} : { nodeName: pod.nodeName }),
    ips: pod.ips,
    ...(excluded === undefined ? {} : { excluded }),
    verdicts: ordered.map(({ name, appliedTo }) => {
      const { won, lost } = contenders.find(({ egress }) => egress.name === name) ?? {
        won: [],
        lost: [],
      };
      return { egress: name, selection: selects(appliedTo, pod.labels, labels), won, lost };
    }),
  };
}

import type { SkipsDiff } from './diff-skips.ts';
import { forgetting } from './forgetting.ts';
import type { Marks } from './marks.ts';
import { packetMask } from './marks.ts';
import type { ForgetConnections, IpsetChange, Operation } from './operation.ts';
import type { PodPath } from './pod-path.ts';
import { podPath, samePath } from './pod-path.ts';
import type { DataplaneState, MaskedMark } from './state.ts';

/** While the Pods are cut off, what they are to be steered by can change. */
export interface PodsDiff {
  readonly cutOff: readonly Operation[];
  /**
   * Forgets the connections to destinations that have come inside the cluster: they have the
   * address of the way to the outside.
   */
  readonly untunnel: readonly Operation[];
  /**
   * For the Pods that are not cut off: forgets what is wrong of their connections to destinations
   * that have become external.
   */
  readonly retranslate: readonly Operation[];
  readonly steer: readonly Operation[];
}

/**
 * How the Pods of the Node get from their actual mark to the desired one. A connection keeps the
 * address it was first translated to, whatever the rules say later; so a Pod whose path changes is
 * cut off, its wrong connections are forgotten, and only then does it get its mark.
 * @param trustActual false when the actual rules may have let Pods leave with a wrong address: then
 * all are treated so.
 */
export function diffPods(
  actual: DataplaneState,
  desired: DataplaneState,
  { external, internal, thrown }: Pick<SkipsDiff, 'external' | 'internal' | 'thrown'>,
  trustActual: boolean,
  marks: Marks,
): PodsDiff {
  const before = actual.ipsets.pods ?? new Map<string, MaskedMark>();
  const after = desired.ipsets.pods ?? new Map<string, MaskedMark>();
  const ips = [...new Set([...before.keys(), ...after.keys()])].sort();
  const changing = ips.filter((ip) => {
    return !trustActual || !samePath(podPath(actual, ip, marks), podPath(desired, ip, marks));
  });

  const drop = { mark: marks.drop, mask: packetMask(marks) };
  const drops = changing
    .filter((ip) => !sameMark(before.get(ip), drop))
    .map((ip) => setPod(ip, drop));
  const skip = [...(desired.ipsets.skip ?? [])];
  const forget = changing
    .map((ip) => ({ ip, path: podPath(desired, ip, marks) }))
    .filter(({ path }) => path.path !== 'drop')
    .map(({ ip, path }): ForgetConnections => ({ of: 'pod', ip, skip, ...keepOf(path) }));
  const isDropped = new Set(changing);
  const wrong = ips
    .filter((ip) => external.length > 0 && !isDropped.has(ip))
    .map((ip) => ({ ip, path: podPath(desired, ip, marks) }))
    .filter(({ path }) => 'keep' in path)
    .map(({ ip, path }): ForgetConnections => ({
      of: 'pod',
      ip,
      skip,
      within: external,
      ...keepOf(path),
    }));
  const tunnelled = [...before.keys()]
    .filter(() => internal.length > 0)
    .map((ip): ForgetConnections => ({ of: 'pod', ip, skip: thrown, within: internal }));
  const finals = ips.flatMap((ip): IpsetChange[] => {
    const mark = after.get(ip);
    if (mark === undefined) {
      return [{ change: 'delete-pod', ip }];
    }
    return sameMark(isDropped.has(ip) ? drop : before.get(ip), mark) ? [] : [setPod(ip, mark)];
  });
  return {
    cutOff: drops.length === 0 ? [] : [{ op: 'ipset-restore', changes: drops }],
    untunnel: forgetting(tunnelled),
    retranslate: forgetting(wrong),
    steer: [
      ...forgetting(forget),
      ...(finals.length === 0 ? [] : [{ op: 'ipset-restore', changes: finals } as const]),
    ],
  };
}

function sameMark(a: MaskedMark | undefined, b: MaskedMark): boolean {
  return a?.mark === b.mark && a.mask === b.mask;
}

function setPod(ip: string, mark: MaskedMark): IpsetChange {
  return { change: 'set-pod', ip, mark };
}

function keepOf(path: PodPath): { readonly keep?: string } {
  return 'keep' in path ? { keep: path.keep } : {};
}

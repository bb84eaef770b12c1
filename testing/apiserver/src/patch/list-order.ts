import type { Json } from '../model/json.ts';
import { equalJson, isObject } from '../model/json.ts';

/**
 * The order of a merged list: items of the patch in its order, others in the server's. An item that
 * only the server has precedes one of the patch only where the server had both in that order
 * (apimachinery, pkg/util/strategicpatch: mergeSortedSlice).
 */
export function inMergedOrder(
  merged: readonly Json[],
  server: readonly Json[],
  patch: readonly Json[],
  mergeKey: string | undefined,
): Json[] {
  const place = (list: readonly Json[], item: Json): number =>
    list.findIndex((other) => equalJson(keyOf(other, mergeKey), keyOf(item, mergeKey)));
  const patched = merged
    .filter((item) => place(patch, item) >= 0)
    .sort((one, two) => place(patch, one) - place(patch, two));
  const others = merged.filter((item) => place(patch, item) < 0);
  const result: Json[] = [];
  for (const item of patched) {
    const at = place(server, item);
    while (others[0] !== undefined && place(server, others[0]) < at) {
      result.push(...others.splice(0, 1));
    }
    result.push(item);
  }
  return [...result, ...others];
}

/**
 * The order that `$setElementOrder` asks for: items that it names come in that order, and the
 * others stay behind the item that they followed.
 */
export function inGivenOrder(
  list: readonly Json[],
  order: readonly Json[],
  mergeKey: string | undefined,
): Json[] {
  const place = (item: Json): number =>
    order.findIndex((wanted) => equalJson(keyOf(wanted, mergeKey), keyOf(item, mergeKey)));
  let last = -1;
  return list
    .map((item, index) => {
      const at = place(item);
      if (at >= 0) {
        last = at;
      }
      return { item, at: at >= 0 ? at : last + 0.5, index };
    })
    .sort((left, right) => left.at - right.at || left.index - right.index)
    .map(({ item }) => item);
}

function keyOf(item: Json, mergeKey: string | undefined): Json | undefined {
  return mergeKey !== undefined && isObject(item) ? item[mergeKey] : item;
}

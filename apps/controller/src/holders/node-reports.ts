import { isDeepStrictEqual } from 'node:util';
import type { NodeReport } from '@sallyport/api';

/** The last report of each Node, in memory: agents report again after every reconnect. */
export interface NodeReports {
  /** By the Node's name. */
  readonly all: ReadonlyMap<string, NodeReport>;
  /** Milliseconds since 1970 at which the Node last reported. */
  receivedAtMs(nodeName: string): number | undefined;
  /** Keeps the report; says whether it tells of other addresses than the last one. */
  put(report: NodeReport, nowMs: number): { readonly addressesChanged: boolean };
  /**
   * Forgets Nodes that no longer exist, since one of the same name is another Node, and says which.
   */
  retain(nodes: ReadonlyMap<string, unknown>): readonly string[];
}

export function createNodeReports(): NodeReports {
  const all = new Map<string, NodeReport>();
  const received = new Map<string, number>();
  return {
    all,
    receivedAtMs: (nodeName) => received.get(nodeName),
    put(report, nowMs) {
      const { name } = report.metadata;
      const before = all.get(name);
      all.set(name, report);
      received.set(name, nowMs);
      return {
        addressesChanged:
          before === undefined || !isDeepStrictEqual(before.addresses, report.addresses),
      };
    },
    retain(nodes) {
      const gone = [...all.keys()].filter((name) => !nodes.has(name));
      for (const name of gone) {
        all.delete(name);
        received.delete(name);
      }
      return gone;
    },
  };
}

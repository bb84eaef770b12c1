import { isDeepStrictEqual } from 'node:util';
import type { NodeReport } from '@sallyport/api';

/** The latest report of each Node. */
export interface NodeReportsView {
  /** By the Node's name. */
  readonly all: ReadonlyMap<string, NodeReport>;
  /** Milliseconds since 1970 at which the latest report of the Node came in. */
  receivedAtMs(nodeName: string): number | undefined;
}

/** Keeps the latest reports, in memory only: agents report again after every reconnect. */
export interface NodeReports extends NodeReportsView {
  /** Returns whether the addresses differ from those of the report before. */
  put(report: NodeReport, nowMs: number): { readonly addressesChanged: boolean };
  /**
   * Drops the reports of Nodes that no longer exist, since a later Node of the same name is another
   * Node. Returns their names.
   */
  retain(nodes: ReadonlyMap<string, unknown>): readonly string[];
}

/** Empty at first: the controller has no report until agents connect. */
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

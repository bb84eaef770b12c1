import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { EgressGroup } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import type { ClusterDelta } from '@sallyport/kube';
import type { Watcher } from '@sallyport/watch';
import { pino } from 'pino';
import { ControllerLoop } from '../loop/controller-loop.ts';
import type { ClusterListener } from '../observe/observed-cluster.ts';
import type { Stores } from '../publish/stores.ts';
import { createStores } from '../publish/stores.ts';

/**
 * The controller's loop with its stores and a watcher for each Node, all in this process. There is
 * no API server and no network, and time stands still: the bench makes each tick.
 */
export class BenchCluster {
  readonly stores: Stores = createStores(1_700_000_000_000);
  readonly #loop: ControllerLoop;
  readonly #ready = new Set<string>();
  readonly #watchers = new Map<string, Watcher<EgressGroup>>();
  #listener: ClusterListener | undefined;

  constructor() {
    this.#loop = new ControllerLoop({
      config: { reportGrace: 0, podCidrs: [], serviceCidrs: [] },
      cluster: {
        unsynced: () => [],
        subscribe: (listener) => {
          this.#listener = listener;
        },
      },
      stores: this.stores,
      clock: { after: () => () => undefined },
      nowMs: () => 0,
      monotonicMs: () => 0,
      logger: pino({ level: 'silent' }),
    });
  }

  send(delta: ClusterDelta): void {
    this.#listener?.changed(delta);
  }

  report(nodeName: string, addresses: readonly string[]): void {
    this.#loop.accept({
      apiVersion: CONTROLPLANE_GROUP_VERSION,
      kind: 'NodeReport',
      metadata: { name: nodeName },
      addresses,
      realizedResourceVersion: '',
      realizedNetworkVersion: '',
    });
  }

  /** One decision and its publication. */
  tick(): void {
    this.#loop.tick();
  }

  watch(nodeNames: readonly string[]): void {
    for (const nodeName of nodeNames) {
      const watcher = this.stores.egressGroups.watch(
        nodeName,
        { kind: 'state', markEnd: false },
        () => this.#ready.add(nodeName),
      );
      if (watcher === 'expired') {
        throw new Error(`the watch of ${nodeName} has expired`);
      }
      this.#watchers.set(nodeName, watcher);
      this.#ready.add(nodeName);
    }
    this.receive();
  }

  /** Takes all events that watchers can have. Returns their number. */
  receive(): number {
    let events = 0;
    for (const nodeName of this.#ready) {
      const watcher = this.#watchers.get(nodeName);
      while (watcher?.next() !== undefined) {
        events += 1;
      }
    }
    this.#ready.clear();
    return events;
  }

  /** The published members: `egress|namespace/name|node`. */
  members(): readonly string[] {
    return this.stores.egressGroups
      .partitions()
      .flatMap((nodeName) =>
        this.stores.egressGroups
          .list(nodeName)
          .items.flatMap(({ metadata, groupMembers }) =>
            groupMembers.map(
              ({ pod }) => `${metadata.name}|${pod.namespace}/${pod.name}|${nodeName}`,
            ),
          ),
      );
  }
}

/** The heap in use after a garbage collection, in MiB. */
export function heapMB(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** The CPU time of this process in milliseconds. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

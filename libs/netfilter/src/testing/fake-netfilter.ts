import type { Marks, ObservedNetfilter, SetChange } from '@sallyport/dataplane';
import { INTERNAL_SET, NODES_SET, PODS_SET } from '@sallyport/dataplane';
import type {
  BackendOperation,
  IptablesOperation,
  NetfilterOperation,
} from '../netfilter-operation.ts';
import type { IpsetState, IptablesState, NetfilterState } from '../netfilter-state.ts';
import type { Netfilter } from '../open-netfilter.ts';
import { markOf } from '../path-marks.ts';
import { readNetfilter } from '../read-netfilter.ts';

export const EMPTY_NETFILTER: NetfilterState = {
  sets: {},
  rules: { chains: [], jumps: [] },
};

/** Netfilter in memory, behind the port of the real one. */
export class FakeNetfilter implements Netfilter {
  readonly #marks: Marks;
  state = EMPTY_NETFILTER;

  constructor(marks: Marks) {
    this.#marks = marks;
  }

  observe(): Promise<ObservedNetfilter<BackendOperation>> {
    return Promise.resolve(readNetfilter(this.state, this.#marks));
  }

  apply(operation: NetfilterOperation): Promise<void> {
    return Promise.resolve().then(() => {
      this.state = applyToNetfilter(this.state, operation, this.#marks);
    });
  }
}

/** The state after one operation. Throws where the kernel or the tools would refuse it. */
export function applyToNetfilter(
  state: NetfilterState,
  operation: NetfilterOperation,
  marks: Marks,
): NetfilterState {
  switch (operation.op) {
    case 'update-sets':
      return {
        ...state,
        sets: operation.changes.reduce(
          (sets, change) => applySetChange(sets, change, marks),
          state.sets,
        ),
      };
    case 'nft-rules':
      throw new Error('nft-rules: the backend is iptables');
    case 'iptables-restore':
      return { ...state, rules: restore(state.sets, operation) };
  }
}

function applySetChange(sets: IpsetState, change: SetChange, marks: Marks): IpsetState {
  const { pods, internal, nodes } = sets;
  switch (change.op) {
    case 'create-paths':
      return { ...sets, pods: pods ?? new Map() };
    case 'create-internal':
      return { ...sets, internal: internal ?? new Set() };
    case 'create-nodes':
      return { ...sets, nodes: nodes ?? new Set() };
    case 'set-path':
      return {
        ...sets,
        pods: new Map(existing(pods, PODS_SET)).set(change.ip, markOf(change.path, marks)),
      };
    case 'delete-path':
      return {
        ...sets,
        pods: new Map([...existing(pods, PODS_SET)].filter(([ip]) => ip !== change.ip)),
      };
    case 'add-internal':
      return { ...sets, internal: new Set(existing(internal, INTERNAL_SET)).add(change.cidr) };
    case 'delete-internal':
      return {
        ...sets,
        internal: new Set(
          [...existing(internal, INTERNAL_SET)].filter((cidr) => cidr !== change.cidr),
        ),
      };
    case 'add-node':
      return { ...sets, nodes: new Set(existing(nodes, NODES_SET)).add(change.ip) };
    case 'delete-node':
      return {
        ...sets,
        nodes: new Set([...existing(nodes, NODES_SET)].filter((ip) => ip !== change.ip)),
      };
  }
}

function existing<T>(set: T | undefined, name: string): T {
  if (set === undefined) {
    throw new Error(`The set with the given name does not exist: ${name}`);
  }
  return set;
}

function restore(sets: IpsetState, { chains, jumps }: IptablesOperation): IptablesState {
  const text = chains.flatMap(({ rules }) => rules).join(' ');
  if (text.includes(PODS_SET)) {
    existing(sets.pods, PODS_SET);
  }
  if (text.includes(INTERNAL_SET)) {
    existing(sets.internal, INTERNAL_SET);
  }
  if (text.includes(NODES_SET)) {
    existing(sets.nodes, NODES_SET);
  }
  return { chains, jumps: jumps.map((jump) => ({ ...jump, first: true })) };
}

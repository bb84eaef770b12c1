import type { AppliedTo, Egress, GroupMember, IpFamily, Labels } from '@sallyport/api';
import type { Pod } from '../pod.ts';

/** A Pod in the index. The fields after `pod` are as they were counted last. */
export interface PodEntry {
  /** `namespace/name` */
  readonly key: string;
  pod: Pod;
  /** Undefined while no Egress can apply to the Pod. */
  item: Item | undefined;
  /** The place of the Pod in the list of its item. */
  slot: number;
  nodeName: string;
  /** The addresses that are the Pod's own. */
  ips: readonly string[];
  families: FamilySet;
  /** The Pod with all of its addresses, made when a group shows it. */
  member: GroupMember | undefined;
}

/** All Pods of one Namespace that have the same labels: every selector matches all or none. */
export interface Item {
  readonly namespace: NamespaceEntry;
  readonly labels: Labels;
  /** The key of the labels in the map of the Namespace. */
  readonly key: string;
  /** In no order. */
  readonly pods: PodEntry[];
  readonly counts: FamilyCounts;
  /** The selectors that match, in no order. */
  selecting: readonly SelectorEntry[];
  effective: Effective;
}

/** A Namespace that exists, or that a Pod names. */
export interface NamespaceEntry {
  readonly name: string;
  /** Undefined while the Namespace is unknown. */
  labels: Labels | undefined;
  readonly items: Map<string, Item>;
}

/** The `appliedTo` of one or more Egresses. */
export interface SelectorEntry {
  readonly key: string;
  readonly appliedTo: AppliedTo;
  /** By precedence. */
  readonly egresses: EgressEntry[];
  /** The first of the Egresses for each family. */
  best: Effective;
  readonly items: Set<Item>;
  /** The selected Pods, by their effective Egresses. */
  readonly tally: Map<Effective, FamilyCounts>;
}

/** An Egress in the index. */
export interface EgressEntry {
  egress: Egress;
  readonly families: FamilySet;
  readonly selector: SelectorEntry;
  /** By the name of the Node. A bucket has members. */
  readonly buckets: Map<string, Bucket>;
}

/** The members of one Egress on one Node. */
export interface Bucket {
  readonly egress: EgressEntry;
  readonly nodeName: string;
  /** Sorted by key. */
  readonly pods: PodEntry[];
  /** The members, made when a group shows them; undefined after a change. */
  members: readonly GroupMember[] | undefined;
}

/** The effective Egress of each family. Equal ones are the same object. */
export type Effective = Readonly<Record<IpFamily, EgressEntry | undefined>>;

/** A set of address families: IPv4 is 1, IPv6 is 2. */
export type FamilySet = number;

/** Numbers of Pods, by their families: the first is of the set 0 and not used. */
export type FamilyCounts = [number, number, number, number];

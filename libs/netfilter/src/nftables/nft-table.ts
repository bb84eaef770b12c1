/** A base chain's place in the kernel: see nft(8), "Chains". */
export interface NftHook {
  readonly type: 'filter' | 'nat';
  readonly hook: 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';
  readonly priority: number;
}

/** A chain of one of our tables. */
export interface NftChain {
  /** Absent for a chain that other chains call. */
  readonly hook?: NftHook;
  /** In order. */
  readonly rules: readonly NftRule[];
}

/** A rule. The kernel prints rules in its own words, so the comment stands for the text. */
export interface NftRule {
  /** Empty in a rule that was read back. */
  readonly text: string;
  /** Changes with the text; empty for a rule of other software. */
  readonly comment: string;
  /** Packets that the rule has counted; absent in one that counts none, or was not read back. */
  readonly packets?: number;
}

/** A set or map of one of our tables. */
export interface NftSet {
  /** Its declaration without the elements; empty in a set that was read back. */
  readonly declaration: string;
  /** The elements in nft's words; a map has a value for each key, a set an empty one. */
  readonly elements: ReadonlyMap<string, string>;
}

/** A table of family `inet`. */
export interface NftTable {
  readonly chains: ReadonlyMap<string, NftChain>;
  readonly sets: ReadonlyMap<string, NftSet>;
}

/** Both tables; one that does not exist is absent. */
export interface NftTables {
  /** Marks, drops and translates. */
  readonly main?: NftTable;
  /** Drops packets that were translated wrongly, in spite of the main table or for lack of it. */
  readonly guard?: NftTable;
}

/** The names of the tables, of family `inet`. */
export const TABLE_NAMES = { main: 'sallyport', guard: 'sallyport-guard' } as const;

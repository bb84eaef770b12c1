/** One case of a contract, run with the real adapter. */
export interface CaseResult {
  readonly contract: 'ovs' | 'netfilter' | 'routing';
  readonly name: string;
  /** The error with its stack; empty when the case passed. */
  readonly failure: string;
}

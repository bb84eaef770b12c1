import type { PassResult } from './dataplane-pass.ts';

/** The versions of the controller's objects that a pass works with. */
export interface PassVersions {
  /** Of the list of EgressGroups. */
  readonly groups: string;
  /** Of the ClusterNetwork. */
  readonly network: string;
}

/** The outcome of all passes so far. */
export interface PassOutcome {
  readonly lastPass: 'none' | 'ok' | 'failed';
  /** Why the last pass failed; undefined when it succeeded, and before the first one. */
  readonly failure: string | undefined;
  /** Of the last pass: the Egresses that cannot be realized. */
  readonly faults: PassResult['faults'];
  /** Of the last pass that succeeded. */
  readonly lastResult: PassResult | undefined;
  /** Of the last pass that succeeded; empty before the first one. */
  readonly realized: PassVersions;
}

/** Before the first pass, when no version has been realized. */
export const NO_PASS_YET: PassOutcome = {
  lastPass: 'none',
  failure: undefined,
  faults: [],
  lastResult: undefined,
  realized: { groups: '', network: '' },
};

/** A pass with faults succeeds too: their traffic is dropped, as planned. */
export function succeededPass(result: PassResult, realized: PassVersions): PassOutcome {
  return {
    lastPass: 'ok',
    failure: undefined,
    faults: result.faults,
    lastResult: result,
    realized,
  };
}

/** A pass that fails keeps the versions that an earlier one realized. */
export function failedPass(before: PassOutcome, error: unknown): PassOutcome {
  return {
    ...before,
    lastPass: 'failed',
    failure: error instanceof Error ? error.message : String(error),
    faults: [],
  };
}

/** True if the last pass succeeded and found no fault; also before the first one. */
export function isInSync({ failure, faults }: PassOutcome): boolean {
  return failure === undefined && faults.length === 0;
}

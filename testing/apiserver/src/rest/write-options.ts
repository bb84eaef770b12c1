import { badRequest } from '../model/status-error.ts';

/** The options in the query of a write. */
export interface WriteOptions {
  readonly dryRun: boolean;
  readonly fieldManager: string;
  /** Whether the request named a field manager; a server-side apply must. */
  readonly hasFieldManager: boolean;
  readonly fieldValidation: 'Ignore' | 'Warn' | 'Strict';
  /** Server-side apply takes over fields of other managers. */
  readonly force: boolean;
}

/**
 * Reads the options of a write; the default field manager is the client's name, as in its
 * User-Agent. Throws 400 for an unknown value.
 */
export function writeOptionsFrom(query: URLSearchParams, userAgent: string): WriteOptions {
  const dryRun = query.get('dryRun');
  if (dryRun !== null && dryRun !== '' && dryRun !== 'All') {
    throw badRequest(`Invalid value: "${dryRun}": dryRun: supported values: "All"`);
  }
  const validation = query.get('fieldValidation') ?? 'Warn';
  if (validation !== 'Ignore' && validation !== 'Warn' && validation !== 'Strict') {
    throw badRequest(
      `invalid fieldValidation: ${validation}, supported values: Ignore, Warn, Strict`,
    );
  }
  return {
    dryRun: dryRun === 'All',
    fieldManager: query.get('fieldManager') ?? /^[^/]{1,128}/.exec(userAgent)?.[0] ?? 'unknown',
    hasFieldManager: (query.get('fieldManager') ?? '') !== '',
    fieldValidation: validation,
    force: query.get('force') === 'true',
  };
}

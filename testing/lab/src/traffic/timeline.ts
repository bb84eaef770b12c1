/** One request of continuous traffic. */
export interface TimelineEntry {
  /** When the request ended, by the guest's clock: milliseconds since the epoch, with fractions. */
  readonly timeMs: number;
  readonly durationMs: number;
  /** The source address that the server saw, or curl's error message. */
  readonly outcome: { readonly source: string } | { readonly error: string };
}

/** curl's output format for each request; `entryFromLine` parses it, with a time in front. */
export const CURL_REPORT = '%{stderr}%{time_total} %{exitcode} %header{x-source} %{errormsg}\\n';

/**
 * Parses a line `TIME TOTAL EXITCODE SOURCE ERRORMESSAGE` (times in seconds); undefined for
 * anything else.
 */
export function entryFromLine(line: string): TimelineEntry | undefined {
  const [, time, total, exitCode, source, error] =
    /^(\d+\.\d+) (\d+\.\d+) (\d+) (\S*) ?(.*)$/.exec(line) ?? [];
  if (time === undefined || total === undefined || exitCode === undefined) {
    return undefined;
  }
  const isAnswered = exitCode === '0' && source !== undefined && source !== '';
  return {
    timeMs: Number(time) * 1000,
    durationMs: Number(total) * 1000,
    outcome: isAnswered
      ? { source }
      : { error: error === undefined || error === '' ? `curl exit status ${exitCode}` : error },
  };
}

/** The sources that the server saw, in order, without repetitions next to each other. */
export function sourcesOf(entries: readonly TimelineEntry[]): readonly string[] {
  const sources = entries.flatMap(({ outcome }) => ('source' in outcome ? [outcome.source] : []));
  return sources.filter((source, index) => source !== sources[index - 1]);
}

/** The requests without an answer. */
export function failuresOf(entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  return entries.filter(({ outcome }) => 'error' in outcome);
}

/**
 * The longest time without an answer between two answers, in milliseconds; 0 for fewer than two
 * answers.
 */
export function longestOutageMs(entries: readonly TimelineEntry[]): number {
  return longestGapMs(
    entries.filter(({ outcome }) => 'source' in outcome).map(({ timeMs }) => timeMs),
  );
}

/** The longest time between two values next to each other; 0 for fewer than two. */
export function longestGapMs(timesMs: readonly number[]): number {
  return timesMs.reduce(
    (longest, time, index) => Math.max(longest, time - (timesMs[index - 1] ?? time)),
    0,
  );
}

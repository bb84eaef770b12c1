/** The age of an RFC 3339 instant, or `<unknown>` when there is none. */
export function ageOf(instant: unknown, now: Date): string {
  if (typeof instant !== 'string' || instant === '') {
    return '<unknown>';
  }
  const time = Date.parse(instant);
  return Number.isNaN(time) ? '<invalid>' : humanDuration(now.getTime() - time);
}

/**
 * The age of something as `kubectl get` prints it (`5s`, `2m10s`, `3h`, `4d2h`): Kubernetes'
 * `duration.HumanDuration`.
 */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < -1) {
    return '<invalid>';
  }
  if (seconds < 0) {
    return '0s';
  }
  if (seconds < 60 * 2) {
    return `${String(seconds)}s`;
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) {
    return withRest(minutes, 'm', seconds % 60, 's');
  }
  if (minutes < 60 * 3) {
    return `${String(minutes)}m`;
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 8) {
    return withRest(hours, 'h', minutes % 60, 'm');
  }
  if (hours < 48) {
    return `${String(hours)}h`;
  }
  const days = Math.floor(hours / 24);
  if (hours < 24 * 8) {
    return withRest(days, 'd', hours % 24, 'h');
  }
  if (days < 365 * 2) {
    return `${String(days)}d`;
  }
  const years = Math.floor(days / 365);
  if (days < 365 * 8) {
    return withRest(years, 'y', days % 365, 'd');
  }
  return `${String(years)}y`;
}

function withRest(whole: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0
    ? `${String(whole)}${unit}`
    : `${String(whole)}${unit}${String(rest)}${restUnit}`;
}

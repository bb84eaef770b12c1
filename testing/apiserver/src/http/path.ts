/** The parts of a resource URL. */
export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly namespace: string | undefined;
  readonly plural: string;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/** Parts of `/api/v1/namespaces/<name>/…` that belong to the namespace itself. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

/**
 * Reads `/api/v1/…` and `/apis/<group>/<version>/…`; undefined for every other path and for bare
 * group versions.
 */
export function parseResourcePath(pathname: string): ResourcePath | undefined {
  const parts = pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  const core = parts[0] === 'api';
  if (!core && parts[0] !== 'apis') {
    return undefined;
  }
  const group = core ? '' : (parts[1] ?? '');
  const version = parts[core ? 1 : 2];
  const rest = parts.slice(core ? 2 : 3);
  const [first, second, third] = rest;
  if (version === undefined || first === undefined) {
    return undefined;
  }
  const namespaced =
    first === 'namespaces' &&
    third !== undefined &&
    !(rest.length === 3 && NAMESPACE_SUBRESOURCES.has(third));
  const [plural = '', name, subresource, ...more] = namespaced ? rest.slice(2) : rest;
  if (more.length > 0) {
    return undefined;
  }
  return { group, version, namespace: namespaced ? second : undefined, plural, name, subresource };
}

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
  const [root, ...below] = parts;
  switch (root) {
    case 'api':
      return resourcePathIn('', below);
    case 'apis':
      return resourcePathIn(below[0] ?? '', below.slice(1));
    case undefined:
    default:
      return undefined;
  }
}

/** Reads `<version>/…`, the rest of a path below a group. */
function resourcePathIn(group: string, parts: readonly string[]): ResourcePath | undefined {
  const [version, ...rest] = parts;
  if (version === undefined || rest.length === 0) {
    return undefined;
  }
  const namespace = isInNamespace(rest) ? rest[1] : undefined;
  const [plural = '', name, subresource, ...more] = namespace === undefined ? rest : rest.slice(2);
  return more.length === 0 ? { group, version, namespace, plural, name, subresource } : undefined;
}

/** `namespaces/<name>/…`, save for the parts of the namespace itself. */
function isInNamespace(parts: readonly string[]): boolean {
  const [first, , third] = parts;
  if (first !== 'namespaces' || third === undefined) {
    return false;
  }
  return parts.length > 3 || !NAMESPACE_SUBRESOURCES.has(third);
}

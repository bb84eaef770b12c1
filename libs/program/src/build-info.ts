/** The source of this program and the Node.js it runs on. */
export interface BuildInfo {
  readonly version: string;
  /** The git commit, 12 digits, with `-dirty` if the work tree had changes. */
  readonly revision: string;
  readonly nodeVersion: string;
}

// tools/bundle.mjs puts these two in; they do not exist when the sources run, as in a unit test.
declare const SALLYPORT_VERSION: string | undefined;
declare const SALLYPORT_REVISION: string | undefined;

/** Of the running program; from sources, version and revision are `unbundled`. */
export const buildInfo: BuildInfo = {
  version: typeof SALLYPORT_VERSION === 'undefined' ? 'unbundled' : SALLYPORT_VERSION,
  revision: typeof SALLYPORT_REVISION === 'undefined' ? 'unbundled' : SALLYPORT_REVISION,
  nodeVersion: process.version,
};

/** The text of `--version`, without a newline. */
export function renderVersion(name: string, { version, revision, nodeVersion }: BuildInfo): string {
  return `${name} ${version} (revision ${revision}, Node.js ${nodeVersion})`;
}

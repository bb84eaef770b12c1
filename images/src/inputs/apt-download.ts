import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@sallyport/command';
import { SetupError } from './setup-error.ts';

const updateTimeoutMs = 120_000;
const downloadTimeoutMs = 600_000;

/** Architectures by Debian's names, which are those of OCI too. */
export type Architecture = 'amd64' | 'arm64';

/** The packages to download. */
export interface AptRequest {
  readonly architecture: Architecture;
  /** Sets of packages; each is resolved as for an empty machine. */
  readonly sets: readonly (readonly string[])[];
  /** Packages that apt treats as installed. */
  readonly leftOut: readonly string[];
}

/**
 * Downloads packages with all dependencies, as for an empty machine. It uses the mirrors, proxy and
 * keys of the host's apt, but a private state. Nothing of the host changes, and no root is needed.
 * apt resolves the dependencies and checks the hashes.
 * @param folder an existing empty folder for apt's state
 * @returns the paths of the .deb files, for each set
 */
export async function aptDownload(
  folder: string,
  { architecture, sets, leftOut }: AptRequest,
): Promise<readonly (readonly string[])[]> {
  await mkdir(join(folder, 'lists', 'partial'), { recursive: true });
  await writeFile(
    join(folder, 'status'),
    leftOut.map((name) => statusEntry(name, architecture)).join('\n'),
  );
  const hostSettings = existsSync('/etc/apt/apt.conf')
    ? await readFile('/etc/apt/apt.conf', 'utf8')
    : '';
  const settings = `${hostSettings}\n${privateSettings(folder, architecture)}`;
  await writeFile(join(folder, 'main.conf'), settings);
  // apt reads the file of APT_CONFIG first and that of Dir::Etc::main last: the last one wins.
  await writeFile(join(folder, 'first.conf'), `Dir::Etc::main "${join(folder, 'main.conf')}";\n`);

  const aptGet = (args: readonly string[], timeoutMs: number): Promise<unknown> =>
    runCommand(
      ['env', `APT_CONFIG=${join(folder, 'first.conf')}`, 'apt-get', '--quiet=2', ...args],
      { timeoutMs },
    );
  try {
    await aptGet(['update'], updateTimeoutMs);
    const found: (readonly string[])[] = [];
    for (const [index, packages] of sets.entries()) {
      const archives = join(folder, 'archives', String(index));
      await mkdir(join(archives, 'partial'), { recursive: true });
      await aptGet(
        [...INSTALL, `--option=Dir::Cache::archives=${archives}`, ...packages],
        downloadTimeoutMs,
      );
      const files = await readdir(archives);
      found.push(files.filter((name) => name.endsWith('.deb')).map((name) => join(archives, name)));
    }
    return found;
  } catch (cause) {
    throw new SetupError(
      'Debian packages could not be downloaded: apt-get must be installed and reach a Debian mirror (try: apt-get update)',
      cause,
    );
  }
}

const INSTALL = ['install', '--yes', '--download-only', '--no-install-recommends'];

function statusEntry(name: string, architecture: Architecture): string {
  return `Package: ${name}
Status: install ok installed
Maintainer: none
Architecture: ${architecture}
Multi-Arch: allowed
Version: 99:0
Description: left out
`;
}

/** Every setting that would let apt read the host's state, write it, or run the host's hooks. */
function privateSettings(folder: string, architecture: Architecture): string {
  return `
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Install-Pkgs;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
APT::Architecture "${architecture}";
#clear APT::Architectures;
APT::Architectures { "${architecture}"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Log "${folder}";
Dir::State "${folder}";
Dir::State::lists "${folder}/lists";
Dir::State::status "${folder}/status";
Dir::Cache "${folder}";
Dir::Cache::archives "${folder}/archives";
`;
}

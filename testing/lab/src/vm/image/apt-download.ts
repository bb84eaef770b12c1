import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '@sallyport/command';
import { LabSetupError } from './lab-setup-error.ts';

const updateTimeoutMs = 120_000;
const downloadTimeoutMs = 600_000;

/**
 * Downloads packages with all dependencies, as for an empty machine. It uses the mirrors, proxy and
 * keys of the host's apt, but a private state. Nothing of the host changes, and no root is needed.
 * apt resolves the dependencies and checks the hashes.
 * @param folder an existing empty folder for apt's state
 * @param leftOut packages that apt treats as installed
 * @returns the paths of the .deb files
 */
export async function aptDownload(
  folder: string,
  packages: readonly string[],
  leftOut: readonly string[],
): Promise<readonly string[]> {
  const archives = join(folder, 'archives');
  await mkdir(join(folder, 'lists', 'partial'), { recursive: true });
  await mkdir(join(archives, 'partial'), { recursive: true });
  await writeFile(join(folder, 'status'), leftOut.map(statusEntry).join('\n'));
  const hostSettings = existsSync('/etc/apt/apt.conf')
    ? await readFile('/etc/apt/apt.conf', 'utf8')
    : '';
  await writeFile(join(folder, 'main.conf'), `${hostSettings}\n${privateSettings(folder)}`);
  // apt reads the file of APT_CONFIG first and that of Dir::Etc::main last: the last one wins.
  await writeFile(join(folder, 'first.conf'), `Dir::Etc::main "${join(folder, 'main.conf')}";\n`);

  const aptGet = (args: readonly string[], timeoutMs: number): Promise<unknown> =>
    runCommand(
      ['env', `APT_CONFIG=${join(folder, 'first.conf')}`, 'apt-get', '--quiet=2', ...args],
      { timeoutMs },
    );
  try {
    await aptGet(['update'], updateTimeoutMs);
    await aptGet(
      ['install', '--yes', '--download-only', '--no-install-recommends', ...packages],
      downloadTimeoutMs,
    );
  } catch (cause) {
    throw new LabSetupError(
      "the guest's Debian packages could not be downloaded: apt-get must be installed and reach a Debian mirror (try: apt-get update)",
      cause,
    );
  }
  const files = await readdir(archives);
  return files.filter((name) => name.endsWith('.deb')).map((name) => join(archives, name));
}

function statusEntry(name: string): string {
  return `Package: ${name}
Status: install ok installed
Maintainer: none
Architecture: amd64
Multi-Arch: allowed
Version: 99:0
Description: left out of the lab's guest
`;
}

/** Every setting that would let apt read the host's state, write it, or run the host's hooks. */
function privateSettings(folder: string): string {
  return `
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Install-Pkgs;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
APT::Architecture "amd64";
#clear APT::Architectures;
APT::Architectures { "amd64"; };
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

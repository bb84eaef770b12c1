// Installs missing parts on a machine with Node.js and, on Debian, its package manager. It has no
// dependencies, because it runs before `npm ci`.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Debian packages that the lab needs on the host, by the program that shows that they are there.
 */
const debianPackages = { 'qemu-system-x86_64': 'qemu-system-x86' };

/** Throws an error that names the missing part and the remedy. */
export function setUp() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`set-up: Node.js 20.19 or later is needed, this is ${process.version}`);
  }
  installNodeModules();
  installDebianPackages();
}

/** Runs `main` and ends with its exit status; an error becomes its message and exit status 1. */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

function installNodeModules() {
  const stamp = join(root, 'node_modules', '.sallyport-lock');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(process.version)
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) {
    return;
  }
  step('npm ci', 'npm', ['ci', '--no-audit', '--no-fund']);
  writeFileSync(stamp, wanted);
}

/** Runs a step of the set-up; its output is shown only when it fails. */
function step(title, command, args, env = {}) {
  const start = Date.now();
  process.stdout.write(`set-up: ${title} … `);
  const result = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 15 * 60_000,
  });
  if (result.status === 0) {
    console.log(seconds(start));
    return;
  }
  console.log('failed');
  throw new Error(
    `set-up: ${command} ${args.join(' ')} failed (${result.error?.message ?? `exit status ${result.status}`})\n${result.stdout ?? ''}${result.stderr ?? ''}`,
  );
}

function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

function installDebianPackages() {
  const missing = Object.entries(debianPackages)
    .filter(([program]) => !onPath(program))
    .map(([, name]) => name);
  if (missing.length === 0) {
    return;
  }
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !onPath('apt-get')) {
    throw new Error(
      `set-up: install ${missing.join(' ')} first (on Debian: sudo apt-get install --no-install-recommends ${missing.join(' ')})`,
    );
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  step('apt-get update', 'apt-get', ['update'], env);
  step(
    `apt-get install ${missing.join(' ')}`,
    'apt-get',
    ['install', '-y', '--no-install-recommends', ...missing],
    env,
  );
}

function onPath(program) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => existsSync(join(folder, program)));
}

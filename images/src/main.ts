/**
 * `npm run images`: builds the images of the controller, the agent and Open vSwitch as OCI layouts,
 * without a registry or a container engine.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand } from '@sallyport/command';
import type { BuiltImage } from './build-images.ts';
import { buildImage } from './build-images.ts';
import type { Architecture } from './inputs/apt-download.ts';
import { downloadInputs } from './inputs/download-inputs.ts';
import { nodePackages } from './inputs/node-packages.ts';
import { SetupError } from './inputs/setup-error.ts';
import { imageNames } from './recipes.ts';
import { renderSizes } from './render-sizes.ts';

process.exitCode = await main();

async function main(): Promise<number> {
  const scratch = await mkdtemp(join(tmpdir(), 'sallyport-images-'));
  try {
    const { architectures, output, registry } = options();
    // tools/run.mjs starts this program in the folder of the workspace.
    const root = process.cwd();
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    const revision = await revisionOf(root);
    const inputs = await downloadInputs({
      ...{ root, folder: scratch, architectures, revision },
      onProgress: progress,
    });
    const built: BuiltImage[] = [];
    for (const name of imageNames) {
      progress(`writing the image ${name}`);
      const target = { root, output: resolve(root, output), registry, version, revision };
      built.push(await buildImage(name, inputs, target));
    }
    process.stdout.write(renderSizes(built));
    return 0;
  } catch (error) {
    if (error instanceof SetupError || error instanceof TypeError) {
      progress(error.message);
      return 1;
    }
    throw error;
  } finally {
    await rm(scratch, { recursive: true });
  }
}

function progress(message: string): void {
  process.stderr.write(`${message}\n`);
}

interface Options {
  readonly architectures: readonly Architecture[];
  readonly output: string;
  readonly registry: string;
}

/** Throws a TypeError for options that do not exist. */
function options(): Options {
  const { values } = parseArgs({
    options: {
      arch: { type: 'string', default: 'amd64,arm64' },
      output: { type: 'string', default: 'dist/images' },
      registry: { type: 'string', default: 'localhost/sallyport' },
    },
  });
  const architectures = values.arch.split(',').map((name) => {
    if (!isArchitecture(name)) {
      throw new TypeError(`--arch: expected amd64, arm64 or both with a comma, got "${name}"`);
    }
    return name;
  });
  return { architectures, output: values.output, registry: values.registry };
}

function isArchitecture(name: string): name is Architecture {
  return Object.hasOwn(nodePackages, name);
}

async function revisionOf(root: string): Promise<string> {
  const { SALLYPORT_REVISION: given } = process.env;
  if (given !== undefined && given !== '') {
    return given;
  }
  const argv = ['git', '-C', root, 'describe', '--always', '--exclude=*', '--dirty', '--abbrev=12'];
  return (await runCommand(argv)).stdout.trim();
}

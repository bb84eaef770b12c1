import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import type { BuiltImage } from './build-images.ts';
import { buildImage } from './build-images.ts';
import type { BuildInputs } from './inputs/download-inputs.ts';
import { downloadInputs } from './inputs/download-inputs.ts';
import type { ImageName } from './recipes.ts';
import { imageNames } from './recipes.ts';
import type { UnpackedImage } from './testing/unpacked-image.ts';
import { runInImage, unpackImage } from './testing/unpacked-image.ts';

// A package in npm's cache need not come over the network.
process.env.npm_config_prefer_offline = 'true';

const root = join(import.meta.dirname, '../..');
let scratch: string;
let inputs: BuildInputs;
const built = new Map<ImageName, BuiltImage>();
const unpacked = new Map<ImageName, UnpackedImage>();

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sallyport-images-test-'));
  const folder = join(scratch, 'inputs');
  await mkdir(folder);
  inputs = await downloadInputs({
    ...{ root, folder, architectures: ['amd64'], revision: 'abc' },
    onProgress: () => undefined,
  });
  for (const name of imageNames) {
    const image = await build(name, 'first');
    built.set(name, image);
    unpacked.set(name, await unpackImage(image.layout, 'amd64', join(scratch, 'root', name)));
  }
}, 600_000);

afterAll(() => rm(scratch, { recursive: true, force: true }));

describe('buildImage', () => {
  it('gives an equal digest to a second build, in another folder and with another umask', async () => {
    const umask = process.umask(0o077);
    try {
      const second = await build('agent', 'second');
      expect(second.digest).toBe(built.get('agent')?.digest);
    } finally {
      process.umask(umask);
    }
  });

  it.each([
    ['controller', ['/usr/bin/node', '/opt/sallyport/main.mjs', '--version'], '(revision abc'],
    ['agent', ['/usr/bin/node', '/opt/sallyport/main.mjs', '--version'], '(revision abc'],
    ['agent', ['ovs-vsctl', '--version'], 'Open vSwitch'],
    ['agent', ['ovs-ofctl', '--version'], 'Open vSwitch'],
    ['agent', ['iptables', '--version'], 'nf_tables'],
    ['agent', ['iptables-save', '--version'], 'nf_tables'],
    ['agent', ['iptables-restore', '--version'], 'nf_tables'],
    ['agent', ['ipset', '--version'], 'ipset'],
    ['agent', ['nft', '--version'], 'nftables'],
    ['ovs', ['ovsdb-server', '--version'], 'Open vSwitch'],
    ['ovs', ['ovs-vswitchd', '--version'], 'Open vSwitch'],
    ['ovs', ['ovs-appctl', '--version'], 'Open vSwitch'],
    ['ovs', ['ovsdb-client', '--version'], 'Open vSwitch'],
    ['ovs', ['ovsdb-tool', '--version'], 'Open vSwitch'],
    ['ovs', ['sh', '-c', 'mkdir /run/a && chmod 700 /run/a && sleep 0 && echo done'], 'done'],
  ] as const)('%s: %j runs with the files of the image alone', async (name, argv, expected) => {
    expect(await runInImage(unpacked.get(name)!, argv)).toContain(expected);
  });

  it.each(['controller', 'agent'] as const)('%s has no shell', async (name) => {
    const programs = await readdir(join(unpacked.get(name)!.root, 'usr/bin'));
    expect(programs.filter((program) => /^(ba|da)?sh$|busybox/.test(program))).toEqual([]);
  });

  it.each(imageNames)('%s has licences and a bill of materials', async (name) => {
    const documents = join(unpacked.get(name)!.root, 'usr/share/doc');
    const packages = await readdir(join(unpacked.get(name)!.root, 'var/lib/dpkg/status.d'));
    for (const folder of [...packages, 'sallyport']) {
      expect((await readdir(join(documents, folder))).join()).toMatch(/copyright|LICENSE/);
    }
    const bill = await readFile(join(documents, 'sallyport/sbom.cdx.json'), 'utf8');
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(bill)).toBeNull();
    expect(packages.filter((part) => !bill.includes(`"name": "${part}"`))).toEqual([]);
  });
});

function build(name: ImageName, folder: string): Promise<BuiltImage> {
  return buildImage(name, inputs, {
    ...{ root, output: join(scratch, folder), registry: 'localhost/sallyport' },
    ...{ version: '1.2.3', revision: 'abc' },
  });
}

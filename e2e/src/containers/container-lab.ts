import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { defaultCacheFolder, ensureKubectl } from '@sallyport/apiserver';
import { buildImage, downloadInputs } from '@sallyport/images';
import { workspaceRoot } from '@sallyport/kit';
import type { Guest, GuestProcess } from '@sallyport/lab';
import { bootGuest } from '@sallyport/lab';
import { parseAllDocuments } from 'yaml';
import { ControllerStandIn } from '../dataplane/controller-stand-in.ts';
import { HOST_IP, NODE_NETWORK } from '../node-network.ts';
import type { ImageConfig, PodTemplate } from './runtime-spec.ts';
import { mountPointsOf, runtimeSpecFor } from './runtime-spec.ts';

const CONTROLLER = { ip: HOST_IP, port: 7101, name: 'sallyport-controller.egress.svc' };

/** The folder of the guest with the images, which is one of the host. */
const IMAGES = '/images';
/** In the guest's memory: from a folder of the host programs start slowly. */
const ROOTS = '/run/roots';

/** For hangs only: everything is slow under emulation. */
const TIMEOUT_MS = 300_000;

/** One Node without a cluster and without Open vSwitch. */
const NODE_SCRIPT = `
mountpoint -q /sys/fs/cgroup || mount -t cgroup2 none /sys/fs/cgroup
${NODE_NETWORK}mkdir -p ${ROOTS} /run/bundles /run/volumes/tmp /run/openvswitch /var/lib/openvswitch/sallyport
touch /run/xtables.lock
printf '127.0.0.1 localhost\\n${CONTROLLER.ip} ${CONTROLLER.name}\\n' > /run/hosts
`;

const recipes = ['agent', 'ovs'] as const;

interface Workload {
  readonly template: PodTemplate;
  readonly image: ImageConfig;
}

/**
 * Containers of the chart's Pods on the kernel of a guest: the images, run by crun as the chart
 * says. The controller is a stand-in.
 */
export class ContainerLab {
  readonly guest: Guest;
  readonly controller: ControllerStandIn;
  readonly #workloads: ReadonlyMap<string, Workload>;
  readonly #log: string[] = [];
  readonly #running: GuestProcess[] = [];

  private constructor(
    guest: Guest,
    controller: ControllerStandIn,
    workloads: ReadonlyMap<string, Workload>,
  ) {
    this.guest = guest;
    this.controller = controller;
    this.#workloads = workloads;
  }

  static async start(): Promise<ContainerLab> {
    const scratch = await mkdtemp(join(tmpdir(), 'sallyport-containers-'));
    const controller = new ControllerStandIn();
    let guest: Guest | undefined;
    try {
      const workloads = await buildWorkloads(scratch);
      const hostPort = await controller.listen();
      const roots = join(scratch, 'roots');
      guest = await bootGuest({ shares: [{ hostPath: roots, guestPath: IMAGES }] });
      await guest.script(NODE_SCRIPT);
      await guest.script(`cp -a ${IMAGES}/. ${ROOTS}`, { timeoutMs: TIMEOUT_MS });
      await guest.exposeHostPort({ listen: CONTROLLER, hostPort });
      return new ContainerLab(guest, controller, workloads);
    } catch (error) {
      await Promise.all([guest?.close(), controller.close()]);
      throw error;
    } finally {
      await rm(scratch, { recursive: true });
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#running.map((container) => container.kill('SIGKILL')));
    await Promise.all([this.guest.close(), this.controller.close()]);
  }

  /** The last lines of all containers. */
  get log(): string {
    return this.#log.slice(-20).join('\n');
  }

  /** Starts a container of a DaemonSet of the chart; `id` names this run of it. */
  async run(image: (typeof recipes)[number], name: string, id = name): Promise<void> {
    const workload = this.#workloads.get(image);
    const container = workload?.template.containers.find((one) => one.name === name);
    if (workload === undefined || container === undefined) {
      throw new Error(`the chart has no container ${name} in its DaemonSet ${image}`);
    }
    const root = `${ROOTS}/${image}`;
    const spec = runtimeSpecFor(workload.template, container, workload.image, {
      ...{ nodeName: 'n1', root, netns: '/run/netns/n1', hosts: '/run/hosts' },
      volumes: '/run/volumes',
    });
    const bundle = `/run/bundles/${id}`;
    await this.guest.writeFile(`${bundle}/config.json`, JSON.stringify(spec));
    await this.guest.script(
      [...mountPointsOf(container), '/etc/hosts']
        .map(
          (path) =>
            `[ -e ${root}${path} ] || ${isFile(path) ? 'touch' : 'mkdir -p'} ${root}${path}`,
        )
        .join('\n'),
    );
    const argv = [...CRUN, 'run', '--bundle', bundle, id];
    const options = {
      onLine: (line: string) => {
        this.#log.push(`${id}: ${line}`);
      },
    };
    this.#running.push(await this.guest.spawn(argv, options));
  }

  /** Whether a command in a container ends with status 0, as a probe of kubelet asks. */
  async probe(id: string, ...argv: readonly string[]): Promise<boolean> {
    return this.guest.run([...CRUN, 'exec', id, ...argv], { timeoutMs: TIMEOUT_MS }).then(
      () => true,
      () => false,
    );
  }

  /** Runs a command on the Node; resolves with its output. */
  async onNode(...argv: readonly string[]): Promise<string> {
    const env = { OVS_RUNDIR: '/run/openvswitch' };
    return (await this.guest.run(argv, { netns: 'n1', env })).stdout;
  }
}

const CRUN = ['crun', '--cgroup-manager=disabled'];

function isFile(path: string): boolean {
  return path.endsWith('.lock') || path === '/etc/hosts';
}

/** Builds the images, unpacks them into folders of `scratch/roots`, and renders the chart. */
async function buildWorkloads(scratch: string): Promise<ReadonlyMap<string, Workload>> {
  const root = workspaceRoot();
  const folder = join(scratch, 'inputs');
  await mkdir(folder);
  const inputs = await downloadInputs({
    ...{ root, folder, architectures: ['amd64'], revision: 'lab' },
    onProgress: () => undefined,
  });
  const templates = await renderTemplates(root);
  const workloads = new Map<string, Workload>();
  for (const name of recipes) {
    const target = { root, output: join(scratch, 'images'), registry: 'localhost' };
    const built = await buildImage(name, inputs, { ...target, version: 'lab', revision: 'lab' });
    const image = await unpack(built.layout, join(scratch, 'roots', name));
    workloads.set(name, { template: templates.get(name) ?? { containers: [] }, image });
  }
  return workloads;
}

/** The templates of the chart's DaemonSets, by component. */
async function renderTemplates(root: string): Promise<ReadonlyMap<string, PodTemplate>> {
  const log = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  const { helm } = await ensureKubectl(defaultCacheFolder(process.env), log);
  const args = ['template', 'sallyport', join(root, 'charts/sallyport'), '-n', 'egress'];
  const { stdout } = await promisify(execFile)(helm, [...args, '--set', 'image.registry=lab']);
  const objects = parseAllDocuments(stdout).map((one) => one.toJS() as ChartObject | null);
  const sets = objects.filter((one) => one?.kind === 'DaemonSet');
  return new Map(
    sets.map((set) => [
      set?.metadata.labels['app.kubernetes.io/component'] ?? '',
      set?.spec.template.spec ?? { containers: [] },
    ]),
  );
}

interface ChartObject {
  readonly kind: string;
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly template: { readonly spec: PodTemplate } };
}

async function unpack(layout: string, target: string): Promise<ImageConfig> {
  interface Documents {
    readonly manifests: readonly { readonly digest: string }[];
    readonly layers: readonly { readonly digest: string }[];
    readonly config: { readonly digest: string };
  }
  const blob = (digest = ''): string => join(layout, 'blobs', digest.replace(':', '/'));
  const read = async (path: string): Promise<Documents> =>
    JSON.parse(await readFile(path, 'utf8')) as Documents;
  const index = await read(join(layout, 'index.json'));
  const image = await read(blob(index.manifests[0]?.digest));
  const manifest = await read(blob(image.manifests[0]?.digest));
  await mkdir(target, { recursive: true });
  for (const { digest } of manifest.layers) {
    await promisify(execFile)('tar', ['-xzf', blob(digest), '-C', target]);
  }
  const text = await readFile(blob(manifest.config.digest), 'utf8');
  return (JSON.parse(text) as { readonly config: ImageConfig }).config;
}

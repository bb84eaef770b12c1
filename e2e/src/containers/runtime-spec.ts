import { isAbsolute, join } from 'node:path';

/** The parts of a Pod's template that decide how a container runs. */
export interface PodTemplate {
  readonly securityContext?: SecurityContext;
  readonly containers: readonly Container[];
  readonly volumes?: readonly Volume[];
}

/** A container of a Pod. */
export interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly securityContext?: SecurityContext;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

interface SecurityContext {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly capabilities?: { readonly add?: readonly string[] };
}

interface Volume {
  readonly name: string;
  readonly hostPath?: { readonly path: string };
  readonly emptyDir?: object;
}

/** The part of an image's configuration that a runtime reads. */
export interface ImageConfig {
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
}

/** The place of a container. */
export interface Placement {
  readonly nodeName: string;
  /** The image's root file system. */
  readonly root: string;
  /** The file of the network namespace. */
  readonly netns: string;
  /** The file that becomes /etc/hosts. */
  readonly hosts: string;
  /** The folder in which volumes of the Pod are. */
  readonly volumes: string;
}

/** The paths that a container runtime makes read-only or hides by default. */
const GUARDED = {
  maskedPaths: ['/proc/kcore', '/proc/keys', '/proc/timer_list', '/sys/firmware'],
  readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
} as const;

const HIDDEN = ['nosuid', 'noexec', 'nodev'] as const;

/**
 * The configuration of a container for an OCI runtime, made from a Pod's template as kubelet and
 * containerd make it. Without seccomp, cgroups and the token of the ServiceAccount.
 */
export function runtimeSpecFor(
  template: PodTemplate,
  container: Container,
  image: ImageConfig,
  { nodeName, root, netns, hosts, volumes }: Placement,
): object {
  const security = { ...template.securityContext, ...container.securityContext };
  const capabilities = (security.capabilities?.add ?? []).map((name) => `CAP_${name}`);
  const { args = [], env = [], volumeMounts = [] } = container;
  const mounts = volumeMounts.map(({ name, mountPath }) =>
    bind(
      sourceOf(
        template.volumes?.find((volume) => volume.name === name),
        volumes,
      ),
      mountPath,
    ),
  );
  return {
    ociVersion: '1.0.0',
    process: {
      user: { uid: security.runAsUser ?? 0, gid: security.runAsGroup ?? 0 },
      args: [...image.Entrypoint, ...args.map((text) => text.replace('$(NODE_NAME)', nodeName))],
      env: [...image.Env, ...env.map(({ name, value = nodeName }) => `${name}=${value}`)],
      cwd: '/',
      noNewPrivileges: security.allowPrivilegeEscalation === false,
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
    },
    root: { path: root, readonly: security.readOnlyRootFilesystem === true },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc', options: HIDDEN },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
      { destination: '/sys', type: 'bind', source: '/sys', options: ['rbind', 'ro', ...HIDDEN] },
      bind(hosts, '/etc/hosts'),
      ...mounts,
    ],
    linux: {
      namespaces: [
        ...['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
        { type: 'network', path: netns },
      ],
      ...GUARDED,
    },
  };
}

/** The mount points of a container: a runtime makes them where the image has none. */
export function mountPointsOf({ volumeMounts = [] }: Container): readonly string[] {
  return volumeMounts.map(({ mountPath }) => mountPath);
}

function sourceOf(volume: Volume | undefined, volumes: string): string {
  const path = volume?.hostPath?.path ?? join(volumes, volume?.name ?? '');
  if (volume === undefined || !isAbsolute(path)) {
    throw new Error(`no volume that the lab can mount: ${JSON.stringify(volume)}`);
  }
  return path;
}

function bind(source: string, destination: string): object {
  return { destination, type: 'bind', source, options: ['rbind', 'rprivate', 'rw'] };
}

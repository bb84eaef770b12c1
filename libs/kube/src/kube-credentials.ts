import { accessSync, constants, readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { KubeConfigError, kubeConfigErrorFor } from './kube-config-error.ts';
import { shareCall } from './shared-call.ts';

/** The address of an API server, and how a client proves its identity to it. */
export interface KubeCredentials {
  /** The URL without a slash at its end. A new address in the kubeconfig needs a restart. */
  readonly server: string;
  /**
   * Adds the certificates and headers to the options of a request. Certificate files and the
   * kubeconfig are read each time. A token file is kept for a minute, the result of an `exec`
   * plug-in until it expires. Requests at the same time share one run of the plug-in. Sets `agent`
   * only where the cluster has a `proxy-url`. Rejects with {@link KubeConfigError} when a file
   * cannot be read or the plug-in exceeds its limit. Rejects with the reason of an aborted signal.
   */
  applyTo(options: RequestOptions, signal?: AbortSignal): Promise<void>;
  /** Discards tokens that are kept, because the API server refused them. */
  reload(): void;
}

/** A command that asks a cloud for a token takes a few seconds. In milliseconds. */
const LIMIT_MS = 30_000;

/**
 * The credentials in `kubeconfig` (a file), or without one those of the service account of this
 * Pod. Supported is all that client-node supports: certificates and keys inline or in files,
 * `token`, `exec`, auth providers, user and password, `proxy-url`; not the field `tokenFile`.
 * Throws {@link KubeConfigError}, also when a file that it names cannot be read. An `exec` plug-in
 * runs with the first request only.
 */
export function loadKubeCredentials(
  kubeconfig: string | undefined,
  limitMs = LIMIT_MS,
): KubeCredentials {
  const source = kubeconfig === undefined ? serviceAccount : kubeconfigFile(kubeconfig);
  let config = source.load();
  checkCluster(config, source.name);
  // client-node cannot end a command: one that hangs is waited for, and not started again.
  const authentication = shareCall(async () => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    return options;
  });
  const reload = (): void => {
    try {
      config = source.load();
      authentication.renew();
    } catch {
      // The file is being rewritten: the present credentials stay in use.
    }
  };
  return {
    server: (config.getCurrentCluster()?.server ?? '').replace(/\/$/, ''),
    async applyTo(options, stop) {
      if (source.changed()) {
        reload();
      }
      const limit = AbortSignal.timeout(limitMs);
      try {
        const signal = stop === undefined ? limit : AbortSignal.any([stop, limit]);
        const { headers, ...rest } = await authentication.result(signal);
        Object.assign(options, rest, { headers: Object.assign({}, options.headers, headers) });
      } catch (error) {
        stop?.throwIfAborted();
        throw limit.aborted
          ? new KubeConfigError(
              `${source.name}: its command has not answered within ${limitMs / 1000}s`,
            )
          : kubeConfigErrorFor(source.name, error);
      }
      // client-node's agent opens a connection for each request, and never reads the files again.
      if (config.getCurrentCluster()?.proxyUrl === undefined) {
        delete options.agent;
      }
    },
    reload,
  };
}

/** At the start these are faults of the operator; later, a file may be missing for a moment. */
function checkCluster(config: KubeConfig, name: string): void {
  const { server = '', caFile } = config.getCurrentCluster() ?? {};
  if (server.includes('@')) {
    throw new KubeConfigError(
      `${name}: the server of its cluster is a URL with credentials: move them to its user`,
    );
  }
  if (!/^https?:\/\/[^/]/.test(server) || !URL.canParse(server)) {
    throw new KubeConfigError(
      `${name}: the server ${JSON.stringify(server)} of its cluster is not a URL that begins with https:// or http://`,
    );
  }
  const user = config.getCurrentUser();
  const provider = user?.authProvider as { readonly config?: { tokenFile?: string } } | undefined;
  for (const file of [caFile, user?.certFile, user?.keyFile, provider?.config?.tokenFile]) {
    if (typeof file === 'string' && file !== '') {
      try {
        accessSync(file, constants.R_OK);
      } catch (cause) {
        throw kubeConfigErrorFor(name, cause);
      }
    }
  }
}

interface ConfigSource {
  /** For error messages. */
  readonly name: string;
  /** Throws {@link KubeConfigError}. */
  load(): KubeConfig;
  /** Whether `load` would return another configuration than the last time. */
  changed(): boolean;
}

/**
 * client-node makes this URL where the variables that Kubernetes gives to every container are
 * missing.
 */
const NOT_IN_A_POD = 'https://undefined:undefined';

const serviceAccount: ConfigSource = {
  name: 'service account',
  load() {
    const config = new KubeConfig();
    config.loadFromCluster();
    if (config.getCurrentCluster()?.server === NOT_IN_A_POD) {
      throw new KubeConfigError(
        'there is no service account, because this is not a Pod: give --kubeconfig=<file>',
      );
    }
    return config;
  },
  changed: () => false,
};

function kubeconfigFile(path: string): ConfigSource {
  const name = `kubeconfig ${path}`;
  let text = '';
  return {
    name,
    load() {
      const config = new KubeConfig();
      try {
        text = readFileSync(path, 'utf8');
        config.loadFromFile(path);
      } catch (cause) {
        throw kubeConfigErrorFor(`${name} cannot be read`, cause);
      }
      if (config.getCurrentCluster() === null) {
        throw new KubeConfigError(`${name}: its current-context names no cluster`);
      }
      return config;
    },
    changed() {
      try {
        return readFileSync(path, 'utf8') !== text;
      } catch {
        return false;
      }
    },
  };
}

import { startEnvtest } from './setup/envtest.ts';
import { useExisting } from './setup/existing.ts';
import { temporaryFolder, writeKubeconfig } from './setup/kubeconfig.ts';
import type { StandInOptions } from './stand-in.ts';
import { startStandIn } from './stand-in.ts';

/** The options of `startApiServer`. */
export interface ApiServerOptions {
  /**
   * The environment: `KUBECONFIG` names a cluster that runs already, `KUBEBUILDER_ASSETS` a folder
   * with etcd and kube-apiserver.
   */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gets each line about the progress. */
  readonly log: (line: string) => void;
  /** Where the stand-in listens; the other two choose for themselves. */
  readonly listen?: NonNullable<StandInOptions['listen']>;
}

/** An API server that tests can use; they must not care which kind it is. */
export interface ApiServer {
  readonly kind: 'existing' | 'envtest' | 'stand-in';
  readonly url: string;
  /** Path of a kubeconfig for it. */
  readonly kubeconfig: string;
  /**
   * Stops it and removes its files. One that was there before stays, without the objects created
   * since.
   */
  readonly close: () => Promise<void>;
}

/**
 * Gives an API server: the existing one that `KUBECONFIG` names, else etcd and kube-apiserver of
 * the folder `KUBEBUILDER_ASSETS`, else the stand-in. Throws when the named one can't be used, or
 * belongs to a cluster (it has Nodes or Egresses): callers write to it. It never falls back in
 * silence.
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { KUBECONFIG: existing, KUBEBUILDER_ASSETS: assets } = options.env;
  if (existing !== undefined && existing !== '') {
    return existingApiServer(existing, options.log);
  }
  const folder = await temporaryFolder();
  try {
    if (assets !== undefined && assets !== '') {
      const envtest = await startEnvtest({ assets, folder: folder.path, log: options.log });
      return {
        kind: 'envtest',
        url: envtest.url,
        kubeconfig: envtest.kubeconfig,
        close: async () => {
          await envtest.close();
          await folder.remove();
        },
      };
    }
    const standIn = await startStandIn({
      log: options.log,
      ...(options.listen === undefined ? {} : { listen: options.listen }),
    });
    const kubeconfig = await writeKubeconfig(folder.path, { url: standIn.url });
    options.log(`apiserver: stand-in at ${standIn.url}`);
    return {
      kind: 'stand-in',
      url: standIn.url,
      kubeconfig,
      close: async () => {
        await standIn.close();
        await folder.remove();
      },
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

async function existingApiServer(path: string, log: (line: string) => void): Promise<ApiServer> {
  const existing = await useExisting(path);
  log(`apiserver: using ${existing.url} of ${path}`);
  return { kind: 'existing', ...existing };
}

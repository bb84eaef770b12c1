import { listenErrorFor } from '@sallyport/http';
import { KubeConfigError } from '@sallyport/kube';
import type { ProgramDependencies } from '@sallyport/program';
import { StartError, untilAborted } from '@sallyport/program';
import type { ControllerConfig } from './config.ts';
import type { Controller } from './start-controller.ts';
import { startController } from './start-controller.ts';

/**
 * Runs the controller until it is stopped, and resolves with its exit status. Rejects with
 * StartError when the kubeconfig is wrong or the port is in use.
 */
export async function run(deps: ProgramDependencies<ControllerConfig>): Promise<number> {
  const controller = await start(deps);
  await untilAborted(deps.stop);
  deps.logger.info('stopping');
  await controller.stop();
  return 0;
}

async function start(deps: ProgramDependencies<ControllerConfig>): Promise<Controller> {
  try {
    return await startController(deps);
  } catch (error) {
    if (error instanceof KubeConfigError) {
      throw new StartError(2, error.message, { cause: error });
    }
    throw listenErrorFor(error, '--listen-address or --listen-port') ?? error;
  }
}

import type { ControllerDependencies } from './start-controller.ts';
import { startController } from './start-controller.ts';

/** Runs the controller until `signal` is aborted. Resolves with the exit status of the process. */
export async function run(deps: ControllerDependencies, signal: AbortSignal): Promise<number> {
  const { logger } = deps;
  try {
    const controller = await startController(deps);
    if (!signal.aborted) {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve, { once: true });
      });
    }
    logger.info('stopping');
    await controller.stop();
    return 0;
  } catch (err) {
    logger.fatal({ err }, 'the controller cannot run');
    return 1;
  }
}

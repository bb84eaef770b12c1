import { besideOtherCnis } from './scenarios/beside-other-cnis.ts';
import { changes } from './scenarios/changes.ts';
import { conflicts } from './scenarios/conflicts.ts';
import { destinations } from './scenarios/destinations.ts';
import { hostilePods } from './scenarios/hostile-pods.ts';
import { operating } from './scenarios/operating.ts';
import { restarts } from './scenarios/restarts.ts';
import { selection } from './scenarios/selection.ts';
import { underlays } from './scenarios/underlays.ts';
import type { World } from './world.ts';
import { createWorld } from './world.ts';

/**
 * The guest boots once for all tests. For a set-up that hangs; those of its steps that do have
 * shorter limits and say which it was.
 */
const SET_UP_TIMEOUT_MS = 900_000;

describe('Sallyport', () => {
  const interruption = new AbortController();
  let starting: Promise<World> | undefined;
  let current: World | undefined;
  const world = (): World => {
    if (current === undefined) {
      throw new Error('the cluster did not come up');
    }
    return current;
  };

  beforeAll(async () => {
    starting = createWorld(interruption.signal);
    current = await starting;
  }, SET_UP_TIMEOUT_MS);

  afterAll(async () => {
    // Also closes a cluster that is still starting, when the set-up took too long.
    interruption.abort();
    const started = await starting?.catch(() => undefined);
    await started?.cluster.close();
  }, SET_UP_TIMEOUT_MS);

  selection(world);
  changes(world);
  destinations(world);
  conflicts(world);
  besideOtherCnis(world);
  hostilePods(world);
  underlays(world);
  restarts(world);
  operating(world);
});

import { changes } from './scenarios/changes.ts';
import { conflicts } from './scenarios/conflicts.ts';
import { destinations } from './scenarios/destinations.ts';
import { operating } from './scenarios/operating.ts';
import { restarts } from './scenarios/restarts.ts';
import { selection } from './scenarios/selection.ts';
import { createWorld, type World } from './world.ts';

/** The guest boots once for all tests: under emulation that is half a minute. */
const SET_UP_TIMEOUT_MS = 300_000;

describe('Sallyport', () => {
  let current: World | undefined;
  const world = (): World => {
    if (current === undefined) throw new Error('the cluster did not come up');
    return current;
  };

  beforeAll(async () => {
    current = await createWorld();
  }, SET_UP_TIMEOUT_MS);

  afterAll(async () => {
    await current?.cluster.close();
  }, SET_UP_TIMEOUT_MS);

  selection(world);
  changes(world);
  destinations(world);
  conflicts(world);
  restarts(world);
  operating(world);
});

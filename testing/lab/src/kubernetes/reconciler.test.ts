import { Reconciler } from './reconciler.ts';

it('runs once more for keys marked while it ran, and never twice at a time', async () => {
  let running = 0;
  let most = 0;
  let runs = 0;
  const reconciler = new Reconciler(
    async () => {
      most = Math.max(most, ++running);
      runs++;
      await soon();
      running--;
    },
    () => undefined,
  );
  for (let index = 0; index < 5; index++) {
    reconciler.mark('a');
  }
  for (let turn = 0; turn < 5; turn++) {
    await soon();
  }
  await reconciler.stop();
  expect({ most, runs }).toEqual({ most: 1, runs: 2 });
});

it('tries again after a failure, and reports its error', async () => {
  const errors: unknown[] = [];
  let runs = 0;
  const done = new Promise<void>((resolve) => {
    const reconciler = new Reconciler(
      () => {
        if (++runs === 1) {
          return Promise.reject(new Error('the first time'));
        }
        resolve();
        return Promise.resolve();
      },
      (_key, error) => errors.push(error),
    );
    reconciler.mark('a');
  });
  await done;
  expect(errors).toEqual([new Error('the first time')]);
});

function soon() {
  return new Promise((resolve) => setImmediate(resolve));
}

import type { FakeClock } from '@sallyport/kit';
import { fakeClock } from '@sallyport/kit';
import type { RunnerOptions } from './runner.ts';
import { createRunner } from './runner.ts';

describe('createRunner', () => {
  it('does nothing before the first trigger', async () => {
    const { clock, passes } = setUp({ resyncMs: 10 });
    await clock.pass(1000);
    expect(passes()).toBe(0);
  });

  it('merges triggers during a pass and during the rest after it into one further pass', async () => {
    let finish: () => void = () => undefined;
    const { clock, runner, passes } = setUp({
      minIntervalMs: 100,
      reconcile: () => new Promise((resolve) => (finish = resolve)),
    });
    runner.trigger();
    runner.trigger();
    runner.trigger();
    expect(passes()).toBe(1);
    finish();
    await clock.pass(50);
    runner.trigger();
    expect(passes()).toBe(1);
    await clock.pass(50);
    expect(passes()).toBe(2);
    finish();
    await clock.pass(1000);
    expect(passes()).toBe(2);
  });

  it('doubles the delay of each retry, and starts over after a success', async () => {
    let failing = true;
    const { clock, runner, passes, errors } = setUp({
      retryMs: 100,
      maxRetryMs: 300,
      reconcile: () => (failing ? Promise.reject(new Error('no')) : Promise.resolve()),
    });
    runner.trigger();
    await clock.pass(99);
    expect(passes()).toBe(1);
    await clock.pass(1);
    expect(passes()).toBe(2);
    await clock.pass(200);
    expect(passes()).toBe(3);
    await clock.pass(300);
    expect(passes()).toBe(4);
    failing = false;
    await clock.pass(300);
    expect(passes()).toBe(5);
    expect(errors).toHaveLength(4);
    failing = true;
    runner.trigger();
    await clock.pass(100);
    expect(passes()).toBe(7);
  });

  it('accepts a pass that is not asynchronous, whether it returns or throws', async () => {
    const fixture = setUp({
      retryMs: 100,
      reconcile: () => {
        if (fixture.passes() === 1) {
          throw new Error('no');
        }
      },
    });
    fixture.runner.trigger();
    await fixture.clock.pass(1000);
    expect(fixture.passes()).toBe(2);
    expect(fixture.errors).toHaveLength(1);
  });

  it('does not wait for the retry when it is triggered', async () => {
    let failing = true;
    const { clock, runner, passes } = setUp({
      retryMs: 10_000,
      reconcile: () => (failing ? Promise.reject(new Error('no')) : Promise.resolve()),
    });
    runner.trigger();
    await clock.pass(1);
    failing = false;
    runner.trigger();
    await clock.pass(1);
    expect(passes()).toBe(2);
    await clock.pass(100_000);
    expect(passes()).toBe(2);
  });

  it('pauses after an error as long as asked, also when it is triggered', async () => {
    const { clock, runner, passes } = setUp({
      retryMs: 500,
      pauseMsAfter: () => 5000,
      reconcile: () => Promise.reject(new Error('no')),
    });
    runner.trigger();
    await clock.pass(1);
    runner.trigger();
    await clock.pass(4998);
    expect(passes()).toBe(1);
    await clock.pass(1);
    expect(passes()).toBe(2);
  });

  it('shortens its intervals at random, but no pause', async () => {
    const { clock, runner, passes } = setUp({
      retryMs: 1000,
      random: () => 1,
      pauseMsAfter: () => (passes() === 1 ? 0 : 900),
      reconcile: () => Promise.reject(new Error('no')),
    });
    runner.trigger();
    await clock.pass(500);
    expect(passes()).toBe(2);
    await clock.pass(1899);
    expect(passes()).toBe(3);
  });

  it('repeats the pass at the resync interval', async () => {
    const { clock, runner, passes } = setUp({ resyncMs: 1000 });
    runner.trigger();
    await clock.pass(3500);
    expect(passes()).toBe(4);
  });

  it('starts nothing after stop, and stop waits for the current pass', async () => {
    let finish: () => void = () => undefined;
    const { clock, runner, passes } = setUp({
      resyncMs: 10,
      reconcile: () => new Promise((resolve) => (finish = resolve)),
    });
    runner.trigger();
    runner.trigger();
    let stopped = false;
    const stopping = runner.stop().then(() => (stopped = true));
    await clock.pass(100);
    expect(stopped).toBe(false);
    finish();
    await stopping;
    runner.trigger();
    await clock.pass(1000);
    expect(passes()).toBe(1);
  });
});

function setUp(options: Partial<RunnerOptions> = {}): {
  clock: FakeClock;
  runner: ReturnType<typeof createRunner>;
  passes: () => number;
  errors: unknown[];
} {
  const clock = fakeClock();
  const errors: unknown[] = [];
  let passes = 0;
  const runner = createRunner({
    clock,
    onError: (error) => errors.push(error),
    ...options,
    reconcile: () => {
      passes += 1;
      return options.reconcile?.();
    },
  });
  return { clock, runner, passes: () => passes, errors };
}

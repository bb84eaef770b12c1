import { fakeClock } from '@sallyport/kit';
import { KubeApiError } from '@sallyport/kube';
import type { StatusLoop } from './status-loop.ts';
import { createStatusLoop } from './status-loop.ts';
import type { StatusScope } from './status-pass.ts';

interface Fixture {
  readonly loop: StatusLoop;
  /** `<milliseconds> <scope>` of each pass. */
  readonly passes: string[];
  /** The names of the Egresses of each pass. */
  readonly looks: string[];
  /** Moves the clock. */
  readonly until: (ms: number) => Promise<void>;
  /** The number of passes that will fail. */
  failing: number;
  error: Error;
  /** The Egress that a failing pass has brought up to date. */
  upToDate: string;
  /** The number of passes that a new decision will end. */
  outdated: number;
}

const everyEgress = { placed: 'all', all: 'all' } as const;

describe('createStatusLoop', () => {
  it('writes a new placement at once, and the progress of the Nodes a little later', async () => {
    const { loop, passes, until } = setUp();
    loop.decided(everyEgress);
    expect(passes).toEqual(['0 placements']);
    await until(1000);
    expect(passes).toEqual(['0 placements', '150 everything']);
  });

  it('does not delay a new placement until reports are written together', async () => {
    const { loop, passes, until } = setUp();
    loop.progressed('all');
    await until(100);
    loop.decided(everyEgress);
    await until(1000);
    expect(passes).toEqual(['100 placements', '150 everything']);
  });

  it('writes the progress of a thousand reports at a bounded rate', async () => {
    const { loop, passes, until } = setUp();
    for (let ms = 1; ms <= 1000; ms += 1) {
      loop.progressed('all');
      await until(ms);
    }
    await until(2000);
    expect(passes).toHaveLength(7);
    expect(passes.every((pass) => pass.endsWith('everything'))).toBe(true);
  });

  it('writes at a bounded rate while the placement changes all the time', async () => {
    const { loop, passes, until } = setUp();
    for (let ms = 1; ms <= 1000; ms += 1) {
      loop.decided(everyEgress);
      await until(ms);
    }
    expect(passes.length).toBeGreaterThanOrEqual(45);
    expect(passes.length).toBeLessThanOrEqual(51);
    expect(passes.filter((pass) => pass.endsWith('everything')).length).toBeGreaterThanOrEqual(5);
  });

  it('tries everything again when a pass over everything has failed', async () => {
    const fixture = setUp();
    fixture.loop.progressed('all');
    fixture.failing = 1;
    await fixture.until(1000);
    expect(fixture.passes).toEqual(['150 everything', '650 everything']);
  });

  it('pauses as long as the API server asks, also after a new decision', async () => {
    const fixture = setUp();
    fixture.loop.progressed('all');
    fixture.failing = 1;
    fixture.error = new AggregateError([
      new Error('refused'),
      new KubeApiError(429, 'too many requests', 2000),
    ]);
    await fixture.until(1000);
    fixture.loop.decided(everyEgress);
    await fixture.until(3000);
    expect(fixture.passes).toEqual(['150 everything', '2150 everything']);
  });

  it('goes on with everything at once when a new decision has ended the pass', async () => {
    const fixture = setUp();
    fixture.loop.progressed('all');
    fixture.outdated = 1;
    await fixture.until(250);
    expect(fixture.passes).toEqual(['150 everything', '170 everything']);
  });

  it('looks only at the Egresses concerned', async () => {
    const { loop, looks, until } = setUp();
    loop.decided({ placed: new Set(), all: new Set() });
    loop.progressed(new Set());
    await until(1000);
    loop.decided({ placed: new Set(['a']), all: new Set(['a', 'b']) });
    loop.progressed(new Set(['c']));
    await until(2000);
    loop.progressed('all');
    await until(3000);
    expect(looks).toEqual(['a', 'a b c', 'web']);
  });

  it('looks again at the Egresses that a pass has not brought up to date', async () => {
    const fixture = setUp();
    fixture.loop.progressed(new Set(['a', 'b']));
    fixture.failing = 1;
    fixture.upToDate = 'a';
    await fixture.until(1000);
    expect(fixture.looks).toEqual(['a b', 'b']);
  });

  it('writes nothing after it has been stopped', async () => {
    const { loop, passes, until } = setUp();
    loop.progressed('all');
    await loop.stop();
    await until(1000);
    expect(passes).toEqual([]);
  });
});

function setUp(): Fixture {
  const clock = fakeClock();
  const passes: string[] = [];
  const looks: string[] = [];
  const pass = (scope: StatusScope, due: Set<string>): Promise<'done' | 'outdated'> => {
    passes.push(`${clock.nowMs()} ${scope}`);
    looks.push([...due].join(' '));
    fixture.failing -= 1;
    if (fixture.failing >= 0) {
      due.delete(fixture.upToDate);
      return Promise.reject(fixture.error);
    }
    fixture.outdated -= 1;
    if (fixture.outdated < 0) {
      return Promise.resolve('done');
    }
    return Promise.resolve().then(() => {
      loop.decided(everyEgress);
      return 'outdated';
    });
  };
  const until = (ms: number): Promise<void> => clock.pass(ms - clock.nowMs());
  const loop = createStatusLoop({ clock, names: () => ['web'], pass, onError: () => undefined });
  const error = new Error('refused');
  const counters = { failing: 0, upToDate: '', outdated: 0 };
  const fixture: Fixture = { loop, passes, looks, until, error, ...counters };
  return fixture;
}

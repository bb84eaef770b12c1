import type { NodeReport } from '@sallyport/api';
import type { Findings } from './bounded-findings.ts';
import type { NodeReporter } from './node-reporter.ts';
import { createNodeReporter } from './node-reporter.ts';

interface Fixture {
  readonly reporter: NodeReporter;
  readonly sent: (readonly string[])[];
  readonly errors: unknown[];
  /** Whether the controller takes reports. */
  reachable: boolean;
  /** The message of its refusals. */
  reason: string;
  /** Ends the wait before the next attempt. */
  retry: () => void;
}

describe('createNodeReporter', () => {
  it('sends findings once, and again when they change or after a repeat', async () => {
    const { reporter, sent } = setUp();
    reporter.report(findings('a'));
    await settled();
    reporter.report(findings('a'));
    await settled();
    reporter.report(findings('b'));
    await settled();
    reporter.repeat();
    await settled();
    expect(sent).toEqual([['a'], ['b'], ['b']]);
  });

  it('has nothing to repeat before the first findings', async () => {
    const { reporter, sent } = setUp();
    reporter.repeat();
    await settled();
    expect(sent).toEqual([]);
  });

  it('retries with the latest findings until the controller takes them', async () => {
    const fixture = setUp();
    fixture.reachable = false;
    fixture.reporter.report(findings('a'));
    await settled();
    expect(fixture.errors).toHaveLength(1);
    fixture.reachable = true;
    fixture.reporter.report(findings('b'));
    await settled();
    expect(fixture.sent).toEqual([['b']]);
    fixture.retry();
    await settled();
    expect(fixture.sent).toEqual([['b']]);
  });

  it('says a failure once, and again when its reason changes or after a success', async () => {
    const fixture = setUp();
    const messages = (): unknown[] => fixture.errors.map((error) => (error as Error).message);
    const attempt = async (address: string): Promise<void> => {
      fixture.reporter.report(findings(address));
      await settled();
    };
    fixture.reachable = false;
    await attempt('a');
    await attempt('b');
    expect(messages()).toEqual(['connection refused']);
    fixture.reason = 'no such Node';
    await attempt('c');
    expect(messages()).toEqual(['connection refused', 'no such Node']);
    fixture.reachable = true;
    await attempt('d');
    fixture.reachable = false;
    await attempt('e');
    expect(messages()).toEqual(['connection refused', 'no such Node', 'no such Node']);
  });
});

function setUp(): Fixture {
  const sent: (readonly string[])[] = [];
  const errors: unknown[] = [];
  const fixture = {
    sent,
    errors,
    reachable: true,
    reason: 'connection refused',
    retry: () => undefined,
  };
  const reporter = createNodeReporter({
    nodeName: 'n1',
    send: ({ addresses }: NodeReport) => {
      if (!fixture.reachable) {
        return Promise.reject(new Error(fixture.reason));
      }
      sent.push(addresses);
      return Promise.resolve();
    },
    onError: (error) => errors.push(error),
    clock: {
      after: (delayMs, callback) => {
        if (delayMs === 0) {
          queueMicrotask(callback);
        } else {
          Object.assign(fixture, { retry: callback });
        }
        return () => undefined;
      },
    },
  });
  return Object.assign(fixture, { reporter });
}

function findings(...addresses: readonly string[]): Findings {
  return {
    addresses,
    realizedResourceVersion: '1',
    realizedNetworkVersion: '1',
  };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await Promise.resolve();
  }
}

import type { Egress, EgressStatus } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import { sampleEgress } from '@sallyport/kit';
import type { ObservedEgress } from '@sallyport/kube';
import { KubeApiError } from '@sallyport/kube';
import type { Decision } from '../loop/decider.ts';
import { decidedFor, noProgress as progress } from '../testing/decision-for.ts';
import type { PassInput, StatusPort, StatusScope, VersionOfEgress } from './status-pass.ts';
import { StatusPass } from './status-pass.ts';

const now = new Date('2026-01-02T03:04:05Z');

describe('StatusPass', () => {
  it('writes a status once, with one Event, even before the informer shows it', async () => {
    const port = fakePort();
    const pass = new StatusPass(port);
    const decision = decisionOf([observed('web')]);
    await pass.run(inputOf(decision));
    await pass.run(inputOf(decision, 'everything', new Date()));
    expect(port.writes).toBe(1);
    expect(port.events).toEqual(['web NoNode']);
    const seen = decisionOf([observed('web', port.statuses.get('web'), '101')]);
    await pass.run(inputOf(seen, 'everything', new Date()));
    expect(port.writes).toBe(1);
  });

  it('leaves all but placements to the next pass over everything, if the scope says so', async () => {
    const port = fakePort();
    const pass = new StatusPass(port);
    await pass.run(inputOf(decisionOf([observed('web')], 'n1'), 'placements'));
    expect(port.statuses.get('web')).toMatchObject({ egressNode: 'n1' });
    const stale = {
      ...port.statuses.get('web'),
      conditions: port.statuses.get('web')!.conditions!.slice(0, 2),
    };
    const seen = decisionOf([observed('web', stale, '101')], 'n1');
    await pass.run(inputOf(seen, 'placements'));
    expect(port.writes).toBe(1);
    await pass.run(inputOf(seen, 'everything'));
    expect(port.writes).toBe(2);
    await pass.run(inputOf(decisionOf([observed('web')]), 'placements'));
    expect(port.statuses.get('web')?.egressNode).toBeUndefined();
  });

  it('writes those with a new placement first', async () => {
    const port = fakePort();
    const pass = new StatusPass(port);
    const settled = decisionOf([observed('a'), observed('b')]);
    await pass.run(inputOf(settled, 'everything'));
    const [a, b] = ['a', 'b'].map((name) => ({ ...port.statuses.get(name), conditions: [] }));
    const order: string[] = [];
    const recording: StatusPort = {
      ...port,
      write: ({ name }) =>
        Promise.resolve(order.push(name)).then(() => ({ resourceVersion: '300' })),
    };
    const assigned = port.statuses
      .get('a')!
      .conditions!.filter(({ type }) => type === 'IPAssigned');
    const next = decisionOf([
      observed('a', { ...a, conditions: assigned }, '200'),
      observed('b', b, '200'),
    ]);
    await new StatusPass(recording).run(inputOf(next, 'everything'));
    expect(order).toEqual(['b', 'a']);
  });

  it('waits for a few writes only, and starts no further one after a new decision', async () => {
    const port = fakePort();
    const release: (() => void)[] = [];
    const slow: StatusPort = {
      ...port,
      write: async (egress, status) => {
        await new Promise<void>((resolve) => release.push(resolve));
        return port.write(egress, status);
      },
    };
    const names = Array.from({ length: 20 }, (_, index) => `web-${index}`);
    let current = true;
    const decision = decisionOf(names.map((name) => observed(name)));
    const ending = new StatusPass(slow).run({
      ...inputOf(decision),
      isCurrent: () => current,
    });
    expect(release).toHaveLength(8);
    current = false;
    for (const done of release) {
      done();
    }
    expect(await ending).toBe('outdated');
    expect([...port.statuses.keys()]).toEqual(names.slice(0, 8));
  });

  it('looks only at the Egresses that are due, and takes out those that are up to date', async () => {
    const port = fakePort();
    port.refused.add('b');
    const decision = decisionOf(['a', 'b', 'c'].map((name) => observed(name)));
    const due = new Set(['a', 'b', 'gone']);
    await expect(new StatusPass(port).run({ ...inputOf(decision), due })).rejects.toThrow();
    expect([...port.statuses.keys()]).toEqual(['a']);
    expect([...due]).toEqual(['b']);
  });

  it('repairs a status that another client has changed', async () => {
    const port = fakePort();
    const pass = new StatusPass(port);
    await pass.run(inputOf(decisionOf([observed('web')]), 'everything'));
    const right = port.statuses.get('web');
    port.versions.set('web', '200');
    await pass.run(
      inputOf(decisionOf([observed('web', { egressNode: 'n9' }, '200')]), 'everything'),
    );
    expect(port.writes).toBe(2);
    expect(port.statuses.get('web')).toEqual(right);
  });

  it('tries every Egress before it fails, and retries those that failed', async () => {
    const port = fakePort();
    const pass = new StatusPass(port);
    port.refused.add('a');
    const decision = decisionOf([observed('a'), observed('b')]);
    await expect(pass.run(inputOf(decision, 'everything'))).rejects.toThrow(
      'the status of 1 Egresses',
    );
    expect([...port.statuses.keys()]).toEqual(['b']);
    port.refused.clear();
    await pass.run(inputOf(decision));
    expect([...port.statuses.keys()]).toEqual(['b', 'a']);
    expect(port.writes).toBe(3);
  });

  it('records the Event of a write without an answer once the informer shows it', async () => {
    const port = fakePort();
    const pass = new StatusPass(port);
    port.unanswered.add('web');
    await expect(pass.run(inputOf(decisionOf([observed('web')])))).rejects.toThrow();
    port.unanswered.clear();
    await pass.run(inputOf(decisionOf([observed('web')])));
    expect(port.events).toEqual([]);
    const seen = decisionOf([observed('web', port.statuses.get('web'), '101')]);
    await pass.run(inputOf(seen));
    await pass.run(inputOf(seen));
    expect(port.events).toEqual(['web NoNode']);
  });

  it('records one Event if a write without an answer was not carried out', async () => {
    const port = fakePort();
    const pass = new StatusPass(port);
    port.refused.add('web');
    await expect(pass.run(inputOf(decisionOf([observed('web')])))).rejects.toThrow();
    port.refused.clear();
    await pass.run(inputOf(decisionOf([observed('web')])));
    await pass.run(inputOf(decisionOf([observed('web', port.statuses.get('web'), '102')])));
    expect(port.events).toEqual(['web NoNode']);
  });

  it('starts no further write once the API server asks for a pause', async () => {
    const port = fakePort();
    const names = Array.from({ length: 20 }, (_, index) => `web-${index}`);
    let attempts = 0;
    const busy: StatusPort = {
      ...port,
      write: () => {
        attempts += 1;
        return Promise.reject(new KubeApiError(429, 'too many requests', 1000));
      },
    };
    const pass = new StatusPass(busy).run(inputOf(decisionOf(names.map((name) => observed(name)))));
    await expect(pass).rejects.toThrow('the status of 8 Egresses');
    expect(attempts).toBe(8);
  });

  it('does not write to an Egress that has changed or was re-created before it has seen that', async () => {
    const port = fakePort();
    const pass = new StatusPass(port);
    port.versions.set('web', '2');
    await pass.run(inputOf(decisionOf([observed('web', {}, '1')]), 'everything'));
    expect(port.statuses.size).toBe(0);
    expect(port.events).toEqual([]);
    await pass.run(inputOf(decisionOf([observed('web', {}, '2')]), 'everything'));
    expect(port.statuses.size).toBe(1);
    expect(port.events).toEqual(['web NoNode']);
  });

  it('removes the Node from the status when no Node has the IP any more', async () => {
    const port = fakePort();
    const pass = new StatusPass(port);
    await pass.run(inputOf(decisionOf([observed('web')], 'n1'), 'everything'));
    expect(port.statuses.get('web')).toMatchObject({ egressNode: 'n1', egressIP: '192.0.2.10' });
    await pass.run(inputOf(decisionOf([observed('web')]), 'everything'));
    expect(port.statuses.get('web')?.egressNode).toBeUndefined();
  });
});

function inputOf(decision: Decision, scope: StatusScope = 'everything', at = now): PassInput {
  return { decision, progress, now: at, scope };
}

/** An API server: keeps statuses and resourceVersions, refuses to write some Egresses. */
function fakePort(): StatusPort & {
  statuses: Map<string, EgressStatus>;
  events: string[];
  writes: number;
  refused: Set<string>;
  /** Egresses whose writes are carried out, but not answered. */
  unanswered: Set<string>;
  /** By name; any version of an Egress without an entry exists. */
  versions: Map<string, string>;
} {
  const fake = {
    statuses: new Map<string, EgressStatus>(),
    events: [] as string[],
    writes: 0,
    refused: new Set<string>(),
    unanswered: new Set<string>(),
    versions: new Map<string, string>(),
    write(
      { name, resourceVersion }: VersionOfEgress,
      status: EgressStatus,
    ): Promise<{ resourceVersion: string } | 'stale'> {
      fake.writes += 1;
      if (fake.refused.has(name)) {
        return Promise.reject(new Error(`${name} is refused`));
      }
      if ((fake.versions.get(name) ?? resourceVersion) !== resourceVersion) {
        return Promise.resolve('stale');
      }
      fake.statuses.set(name, status);
      fake.versions.set(name, String(100 + fake.writes));
      if (fake.unanswered.has(name)) {
        return Promise.reject(new Error('socket hang up'));
      }
      return Promise.resolve({ resourceVersion: String(100 + fake.writes) });
    },
    record({ name }: Egress, { reason }: { reason: string }): Promise<void> {
      fake.events.push(`${name} ${reason}`);
      return Promise.resolve();
    },
  };
  return fake;
}

function decisionOf(egresses: readonly ObservedEgress[], gateway?: string): Decision {
  return decidedFor({
    egresses,
    nodes: new Map([['n1', { name: 'n1', ips: ['10.0.0.1'], podCIDRs: [], ready: true }]]),
    reports: new Map(
      gateway === undefined
        ? []
        : [
            [
              gateway,
              {
                apiVersion: CONTROLPLANE_GROUP_VERSION,
                kind: 'NodeReport',
                metadata: { name: gateway },
                addresses: ['192.0.2.10'],
                realizedResourceVersion: '',
                realizedNetworkVersion: '',
              },
            ],
          ],
    ),
  }).decision;
}

function observed(name: string, status: EgressStatus = {}, resourceVersion = '1'): ObservedEgress {
  return {
    name,
    egress: egressOf(name),
    status,
    resourceVersion,
  };
}

function egressOf(name: string): Egress {
  return sampleEgress(name, { appliedTo: {}, egressIPs: ['192.0.2.10'] });
}

import type { Egress, EgressStatus } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import type { ObservedEgress } from '@sallyport/kube';
import type { Decision } from '../decide/decide.ts';
import { decide } from '../decide/decide.ts';
import { createStores } from '../publish/stores.ts';
import type { StatusPort, VersionOfEgress } from './status-pass.ts';
import { createStatusPass } from './status-pass.ts';

const progress = {
  stores: createStores(1),
  reports: new Map(),
  leaving: new Map(),
  settling: false,
};
const now = new Date('2026-01-02T03:04:05Z');

describe('createStatusPass', () => {
  it('writes a status once, and tells of it once, even before the informer has seen it', async () => {
    const port = fakePort();
    const pass = createStatusPass(port);
    const decision = decisionFor([observed('web')]);
    await pass.run(decision, progress, now, 'everything');
    await pass.run(decision, progress, new Date(), 'everything');
    expect(port.writes).toBe(1);
    expect(port.events).toEqual(['web NoNode']);
    const seen = decisionFor([observed('web', port.statuses.get('web'), '101')]);
    await pass.run(seen, progress, new Date(), 'everything');
    expect(port.writes).toBe(1);
  });

  it('leaves all but the holder to the next pass over everything, where it is told to', async () => {
    const port = fakePort();
    const pass = createStatusPass(port);
    await pass.run(decisionFor([observed('web')], 'n1'), progress, now, 'holders');
    expect(port.statuses.get('web')).toMatchObject({ egressNode: 'n1' });
    const stale = {
      ...port.statuses.get('web'),
      conditions: port.statuses.get('web')!.conditions!.slice(0, 2),
    };
    const seen = decisionFor([observed('web', stale, '101')], 'n1');
    await pass.run(seen, progress, now, 'holders');
    expect(port.writes).toBe(1);
    await pass.run(seen, progress, now, 'everything');
    expect(port.writes).toBe(2);
    await pass.run(decisionFor([observed('web')]), progress, now, 'holders');
    expect(port.statuses.get('web')?.egressNode).toBeUndefined();
  });

  it('writes those with a new holder first', async () => {
    const port = fakePort();
    const pass = createStatusPass(port);
    const settled = decisionFor([observed('a'), observed('b')]);
    await pass.run(settled, progress, now, 'everything');
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
    const next = decisionFor([
      observed('a', { ...a, conditions: assigned }, '200'),
      observed('b', b, '200'),
    ]);
    await createStatusPass(recording).run(next, progress, now, 'everything');
    expect(order).toEqual(['b', 'a']);
  });

  it('waits for no more than a few writes, and starts on no further one once there is a new decision', async () => {
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
    const decision = decisionFor(names.map((name) => observed(name)));
    const ending = createStatusPass(slow).run(decision, progress, now, 'everything', () => current);
    expect(release).toHaveLength(8);
    current = false;
    for (const done of release) {
      done();
    }
    expect(await ending).toBe('outdated');
    expect([...port.statuses.keys()]).toEqual(names.slice(0, 8));
  });

  it('repairs a status that somebody else has changed', async () => {
    const port = fakePort();
    const pass = createStatusPass(port);
    await pass.run(decisionFor([observed('web')]), progress, now, 'everything');
    const right = port.statuses.get('web');
    port.versions.set('web', '200');
    await pass.run(
      decisionFor([observed('web', { egressNode: 'n9' }, '200')]),
      progress,
      now,
      'everything',
    );
    expect(port.writes).toBe(2);
    expect(port.statuses.get('web')).toEqual(right);
  });

  it('tries every Egress before it fails, and those that failed again', async () => {
    const port = fakePort();
    const pass = createStatusPass(port);
    port.refused.add('a');
    const decision = decisionFor([observed('a'), observed('b')]);
    await expect(pass.run(decision, progress, now, 'everything')).rejects.toThrow(
      'the status of 1 Egresses',
    );
    expect([...port.statuses.keys()]).toEqual(['b']);
    port.refused.clear();
    await pass.run(decision, progress, now, 'everything');
    expect([...port.statuses.keys()]).toEqual(['b', 'a']);
    expect(port.writes).toBe(3);
  });

  it('does not write to an Egress that has changed meanwhile, or is another of the same name, before it has seen it', async () => {
    const port = fakePort();
    const pass = createStatusPass(port);
    port.versions.set('web', '2');
    await pass.run(decisionFor([observed('web', {}, '1')]), progress, now, 'everything');
    expect(port.statuses.size).toBe(0);
    expect(port.events).toEqual([]);
    await pass.run(decisionFor([observed('web', {}, '2')]), progress, now, 'everything');
    expect(port.statuses.size).toBe(1);
    expect(port.events).toEqual(['web NoNode']);
  });

  it('takes the holder back from the status when nobody holds the IP any more', async () => {
    const port = fakePort();
    const pass = createStatusPass(port);
    await pass.run(decisionFor([observed('web')], 'n1'), progress, now, 'everything');
    expect(port.statuses.get('web')).toMatchObject({ egressNode: 'n1', egressIP: '192.0.2.10' });
    await pass.run(decisionFor([observed('web')]), progress, now, 'everything');
    expect(port.statuses.get('web')?.egressNode).toBeUndefined();
  });
});

/** An API server: remembers statuses and resourceVersions, refuses to write some Egresses. */
function fakePort(): StatusPort & {
  statuses: Map<string, EgressStatus>;
  events: string[];
  writes: number;
  refused: Set<string>;
  /** By name; an Egress that is not there is in whatever version is asked for. */
  versions: Map<string, string>;
} {
  const fake = {
    statuses: new Map<string, EgressStatus>(),
    events: [] as string[],
    writes: 0,
    refused: new Set<string>(),
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
      return Promise.resolve({ resourceVersion: String(100 + fake.writes) });
    },
    record({ name }: Egress, { reason }: { reason: string }): Promise<void> {
      fake.events.push(`${name} ${reason}`);
      return Promise.resolve();
    },
  };
  return fake;
}

function decisionFor(egresses: readonly ObservedEgress[], holder?: string): Decision {
  return decide({
    egresses,
    faults: new Map(),
    pods: [],
    namespaces: [],
    nodes: new Map([['n1', { name: 'n1', ips: ['10.0.0.1'], podCIDRs: [], ready: true }]]),
    reports: new Map(
      holder === undefined
        ? []
        : [
            [
              holder,
              {
                apiVersion: CONTROLPLANE_GROUP_VERSION,
                kind: 'NodeReport',
                metadata: { name: holder },
                addresses: ['192.0.2.10'],
                realizedResourceVersion: '',
                realizedNetworkVersion: '',
              },
            ],
          ],
    ),
    settling: false,
    serviceCIDRs: [],
    podCIDRs: [],
  });
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
  return {
    name,
    uid: `uid-${name}`,
    generation: 1,
    createdAtMs: 0,
    appliedTo: {},
    egressIPs: ['192.0.2.10'],
    externalIPPools: [],
    unavailable: 'Drop',
  };
}

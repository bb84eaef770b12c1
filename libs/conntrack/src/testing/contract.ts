import assert from 'node:assert/strict';
import type { Connection } from '../connection.ts';
import type { Conntrack } from '../open-conntrack.ts';

/** Conntrack with the default marks, and the table of the Node. */
export interface ConntrackSubject {
  readonly conntrack: Conntrack;
  /** Makes conntrack entries; those with `bothZone` are in that zone in both directions. */
  readonly open: (
    ...connections: readonly (Connection & { readonly bothZone?: number })[]
  ) => Promise<void>;
  /** The sources of all conntrack entries, sorted. */
  readonly openSources: () => Promise<readonly string[]>;
}

/** A case that the real adapter and its fake pass, beginning with an empty table. */
export interface ConntrackCase {
  readonly name: string;
  readonly run: (subject: ConntrackSubject) => Promise<void>;
}

const EXTERNAL = '203.0.113.10';
const POD = '10.244.1.11';

export const conntrackContract: readonly ConntrackCase[] = [
  {
    name: 'deletes the selected connections of a Pod, and no others',
    run: deletesConnectionsOfPod,
  },
  {
    name: 'deletes the selected connections of a SNAT id, and no others',
    run: deletesConnectionsOfSnatId,
  },
  {
    name: 'deletes connections of a Pod in every zone, and of a SNAT id only in its own direction',
    run: tellsZonesApart,
  },
  {
    name: 'deletes connections of IPv6 Pods, whatever the notation of the address',
    run: deletesConnectionsOfIpv6,
  },
  {
    name: 'deletes thousands of connections of many Pods, and no others',
    run: deletesMany,
  },
];

async function deletesConnectionsOfPod(subject: ConntrackSubject): Promise<void> {
  const pod = { source: POD, zone: 0 };
  const wrong = { ...pod, destination: EXTERNAL, translatedSource: '192.168.77.11' };
  const others = [
    { ...pod, destination: '203.0.113.11', translatedSource: '192.168.77.200' },
    { ...pod, destination: '10.244.2.2', translatedSource: POD },
    { ...wrong, source: '10.244.1.99' },
    { ...wrong, destination: '198.51.100.7' },
  ];
  await subject.open(wrong, ...others);
  await subject.conntrack.apply({
    op: 'delete-connections',
    connections: [
      {
        kind: 'pod',
        ip: POD,
        internal: ['10.244.0.0/16'],
        within: ['203.0.113.0/24', '10.244.0.0/16'],
        keep: '192.168.77.200',
      },
    ],
  });
  assert.deepEqual(await subject.openSources(), others.map(({ source }) => source).sort());
}

async function deletesConnectionsOfSnatId(subject: ConntrackSubject): Promise<void> {
  const of = (source: string, zone: number, translatedSource: string): Connection => ({
    source,
    zone,
    translatedSource,
    destination: EXTERNAL,
  });
  await subject.open(
    of('10.244.2.1', 1, '192.168.77.11'),
    of('10.244.2.2', 1, '192.168.77.200'),
    of('10.244.2.3', 2, '192.168.77.11'),
    of('10.244.2.4', 0, '192.168.77.11'),
  );
  const connections = [{ kind: 'snat-id', snatId: 1, keep: '192.168.77.200' } as const];
  await subject.conntrack.apply({ op: 'delete-connections', connections });
  await subject.conntrack.apply({ op: 'delete-connections', connections });
  assert.deepEqual(await subject.openSources(), ['10.244.2.2', '10.244.2.3', '10.244.2.4']);
}

async function tellsZonesApart(subject: ConntrackSubject): Promise<void> {
  const of = (source: string, zones: { zone?: number; bothZone?: number }): Connection => ({
    source,
    destination: EXTERNAL,
    translatedSource: '192.168.77.11',
    zone: 0,
    ...zones,
  });
  await subject.open(
    of(POD, {}),
    of(POD, { zone: 7 }),
    of(POD, { bothZone: 65_000 }),
    of('10.244.2.1', { zone: 1 }),
    of('10.244.2.2', { bothZone: 1 }),
  );
  await subject.conntrack.apply({
    op: 'delete-connections',
    connections: [
      { kind: 'pod', ip: POD, internal: [] },
      { kind: 'snat-id', snatId: 1 },
    ],
  });
  assert.deepEqual(await subject.openSources(), ['10.244.2.2']);
}

async function deletesConnectionsOfIpv6(subject: ConntrackSubject): Promise<void> {
  const of = (source: string, destination: string): Connection => ({
    source,
    destination,
    translatedSource: '2001:db8:77::11',
    zone: 0,
  });
  await subject.open(
    of('2001:db8:1::a', '2001:db8:203::10'),
    of('2001:db8:1::b', '2001:db8:1::7'),
    of('2001:db8:1::c', '2001:db8:203::10'),
  );
  const internal = ['2001:db8:1::/48'];
  await subject.conntrack.apply({
    op: 'delete-connections',
    connections: [
      { kind: 'pod', ip: '2001:DB8:1:0::A', internal },
      { kind: 'pod', ip: '2001:db8:1::b', internal },
    ],
  });
  assert.deepEqual(await subject.openSources(), ['2001:db8:1::b', '2001:db8:1::c']);
}

async function deletesMany(subject: ConntrackSubject): Promise<void> {
  const pods = Array.from({ length: 20 }, (_, pod) => `10.244.1.${pod}`);
  const destinations = Array.from({ length: 150 }, (_, host) => `203.0.113.${host}`);
  const translatedSource = '192.168.77.11';
  await subject.open(
    ...[...pods, '10.244.1.99'].flatMap((source) =>
      destinations.map((destination) => ({ source, destination, translatedSource, zone: 0 })),
    ),
  );
  await subject.conntrack.apply({
    op: 'delete-connections',
    connections: pods.map((ip) => ({ kind: 'pod', ip, internal: [] })),
  });
  assert.deepEqual(
    await subject.openSources(),
    destinations.map(() => '10.244.1.99'),
  );
}

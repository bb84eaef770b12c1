import type { FlowExpectation } from './expectation.ts';
import {
  change,
  leakFaults,
  markerPort,
  mayChange,
  nothing,
  only,
  packetFaults,
} from './expectation.ts';
import { Flows } from './flow.ts';
import type { Packet } from './packet.ts';
import { packetFromLine } from './packet.ts';

const EGRESS = '192.168.77.200';
const NODE = '192.168.77.11';

const flows = new Flows();
const web = flows.for('prod/web');
const other = flows.for('prod/other');

describe('packets that are expected from one source only', () => {
  it.each([
    { name: 'may come from it', packets: from(EGRESS, EGRESS), expected: [] },
    {
      name: 'may not come from the Node',
      packets: from(EGRESS, NODE, NODE),
      expected: [`prod/web: expected only ${EGRESS}, but a packet came from ${NODE} (and 1 more)`],
    },
    {
      name: 'must come at all',
      packets: [],
      expected: [`prod/web: expected packets from ${EGRESS}, but none arrived`],
    },
    {
      name: 'may not come from the Pod itself, which is said once',
      packets: from(EGRESS, '10.244.1.2'),
      expected: ['a Pod IP left the cluster, 10.244.1.2 (traffic of prod/web)'],
    },
  ])('$name', ({ packets, expected }) => {
    expect(faults(packets, { flow: web, expect: only(EGRESS) })).toEqual(expected);
  });
});

it.each(['Flags [P.], seq 1:8', 'UDP, length 6'])('every packet of a flow counts: %s', (what) => {
  const wrong = packetFromLine(
    `1700000000.000001 IP ${NODE}.40000 > 203.0.113.10.${String(web.port)}: ${what}`,
  );
  if (wrong === undefined) {
    throw new Error('not a packet');
  }
  expect(faults([...from(EGRESS), wrong], { flow: web, expect: only(EGRESS) })).toEqual([
    `prod/web: expected only ${EGRESS}, but a packet came from ${NODE}`,
  ]);
});

it('resets do not count: the Node with the old address sends them as well', () => {
  const reset = packetFromLine(
    `1700000000.000001 IP ${EGRESS}.40000 > 203.0.113.10.${String(web.port)}: Flags [R], seq 1`,
  );
  if (reset === undefined) {
    throw new Error('not a packet');
  }
  const packets = [...from(EGRESS, NODE), reset];
  expect(faults(packets, { flow: web, expect: change(EGRESS, NODE) })).toEqual([]);
});

describe('packets whose source changes', () => {
  it.each([
    {
      name: 'come from the old, then from the new one',
      packets: from(NODE, NODE, EGRESS),
      expected: [],
    },
    { name: 'may have changed at the first packet', packets: from(EGRESS), expected: [] },
    {
      name: 'may not come from the old one again',
      packets: from(NODE, EGRESS, NODE, EGRESS),
      expected: [
        `prod/web: expected ${NODE}, then ${EGRESS}, but ${NODE} was seen again after ${EGRESS}`,
      ],
    },
    {
      name: 'may not come from a third one',
      packets: from(NODE, '192.168.77.12', EGRESS),
      expected: [
        `prod/web: expected ${NODE}, then ${EGRESS}, but a packet came from 192.168.77.12`,
      ],
    },
    {
      name: 'must change',
      packets: from(NODE, NODE),
      expected: [
        `prod/web: expected ${NODE}, then ${EGRESS}, but ${EGRESS} was never seen (2 packets in all)`,
      ],
    },
  ])('$name', ({ packets, expected }) => {
    expect(faults(packets, { flow: web, expect: change(NODE, EGRESS) })).toEqual(expected);
  });

  it('need not change when a change is only allowed', () => {
    expect(faults(from(NODE), { flow: web, expect: mayChange(NODE, EGRESS) })).toEqual([]);
    expect(faults(from(EGRESS, NODE), { flow: web, expect: mayChange(NODE, EGRESS) })).toHaveLength(
      1,
    );
  });
});

describe('packets that are not expected', () => {
  it('are a fault when the phase expects no packet of the flow', () => {
    const expected = [`prod/web: expected no packet, but one came from ${NODE}`];
    expect(faults(from(NODE), { flow: web, expect: nothing() })).toEqual(expected);
    expect(faults([], { flow: web, expect: nothing() })).toEqual([]);
  });

  it('are a fault when the phase does not name their flow', () => {
    const packets = [packet(EGRESS, web.port), packet(NODE, other.port)];
    expect(faults(packets, { flow: web, expect: only(EGRESS) })).toEqual([
      'traffic of prod/other, but this phase expects none',
    ]);
  });

  it('are a fault when their sender is unknown', () => {
    expect(faults([packet(NODE, 20_150)])).toEqual([
      'traffic of an unknown sender (port 20150), but this phase expects none',
    ]);
  });
});

describe('packets that belong to no flow', () => {
  it('may be answers to the external server, from any source but a Pod IP', () => {
    expect(faults([packet(NODE, 45_000)])).toEqual([]);
    expect(faults([packet('10.244.2.2', 45_000)])).toEqual([
      'a Pod IP left the cluster, 10.244.2.2',
    ]);
  });

  it('may be ICMP, from any source but a Pod IP', () => {
    expect(faults([packet(NODE, undefined)])).toEqual([]);
    expect(faults([packet('10.244.2.2', undefined)])).toEqual([
      'a Pod IP left the cluster, 10.244.2.2',
    ]);
  });

  it("may be the sniffer's markers", () => {
    const marker = packet('203.0.113.1', 10_001);
    expect(markerPort(marker)).toBe(10_001);
    expect(markerPort(packet(NODE, 10_001))).toBeUndefined();
    expect(faults([marker])).toEqual([]);
  });
});

it('shows the packet', () => {
  expect(leakFaults(from('10.244.1.2'), () => undefined)[0]).toContain(
    'IP 10.244.1.2.40000 > 203.0.113.10.',
  );
});

function from(...sources: readonly string[]): readonly Packet[] {
  return sources.map((source) => packet(source, web.port));
}

function packet(source: string, port: number | undefined): Packet {
  const address = port === undefined ? '203.0.113.10' : `203.0.113.10.${String(port)}`;
  const parsed = packetFromLine(
    `1700000000.000001 IP ${source}${port === undefined ? '' : '.40000'} > ${address}: x`,
  );
  if (parsed === undefined) {
    throw new Error('not a packet');
  }
  return parsed;
}

function faults(
  packets: readonly Packet[],
  ...expectations: readonly FlowExpectation[]
): readonly string[] {
  return packetFaults(packets, expectations, (port) => flows.byPort(port)).map((fault) =>
    fault.replace(/: 1700.*/, ''),
  );
}

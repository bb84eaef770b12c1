import { BlockList } from 'node:net';
import type { ConnectionSelector } from '@sallyport/dataplane';
import { defaultMarks } from '@sallyport/dataplane';
import fc from 'fast-check';
import { connectionChooser, zoneOf } from './choose-connections.ts';
import type { Connection } from './connection.ts';

const connections: Readonly<Record<string, Connection>> = {
  masqueraded: of('10.244.1.11', '1.1.1.1', '192.168.77.11'),
  translated: of('10.244.1.11', '1.1.1.2', '192.168.77.200'),
  'to a Pod by a Service': of('10.244.1.11', '10.244.2.2', '10.244.1.11'),
  'out by a Service': of('10.244.1.11', '9.9.9.9', '192.168.77.11'),
  'of a SNAT id': of('10.244.2.5', '1.1.1.1', '192.168.77.200', 1),
  'of a SNAT id, wrong': of('10.244.2.5', '1.1.1.1', '192.168.77.14', 1),
  'of another SNAT id': of('10.244.2.5', '1.1.1.1', '192.168.77.12', 2),
  'to the Pod': of('8.8.8.8', '10.244.1.11', '192.168.77.11'),
  'of the Node': of('192.168.77.200', '1.1.1.5', '192.168.77.200'),
  'of an IPv6 Pod': of('2001:db8:1::a', '2001:db8:203::10', '2001:db8:77::11'),
  'of an IPv6 Pod, inside': of('2001:db8:1::a', '2001:db8:1::b', '2001:db8:1::a'),
};

const internal = ['10.244.0.0/16', '10.96.0.0/16', '192.168.77.11/32', '2001:db8:1::/48'];

const cases: readonly {
  name: string;
  selectors: readonly ConnectionSelector[];
  chosen: readonly string[];
}[] = [
  {
    name: 'a Pod: its connections to external destinations, after Service DNAT',
    selectors: [{ kind: 'pod', ip: '10.244.1.11', internal }],
    chosen: ['masqueraded', 'translated', 'out by a Service'],
  },
  {
    name: 'a Pod: connections with the right source stay',
    selectors: [{ kind: 'pod', ip: '10.244.1.11', internal, keep: '192.168.77.11' }],
    chosen: ['translated'],
  },
  {
    name: 'a Pod: only connections to these destinations, without the internal ones among them',
    selectors: [
      { kind: 'pod', ip: '10.244.1.11', internal, within: ['1.1.1.2/32', '10.244.0.0/16'] },
    ],
    chosen: ['translated'],
  },
  {
    name: 'a Pod that two selectors name: the connections of either',
    selectors: [
      { kind: 'pod', ip: '10.244.1.11', internal, within: ['1.1.1.2/32'] },
      { kind: 'pod', ip: '10.244.1.11', internal, within: ['9.9.9.0/24'] },
    ],
    chosen: ['translated', 'out by a Service'],
  },
  {
    name: 'an IPv6 Pod, in any notation',
    selectors: [{ kind: 'pod', ip: '2001:DB8:1:0:0::a', internal }],
    chosen: ['of an IPv6 Pod'],
  },
  {
    name: 'a SNAT id: connections in its zone with another source than the one kept',
    selectors: [{ kind: 'snat-id', snatId: 1, keep: '192.168.77.200' }],
    chosen: ['of a SNAT id, wrong'],
  },
  {
    name: 'another Pod: nothing',
    selectors: [{ kind: 'pod', ip: '10.244.1.12', internal: [] }],
    chosen: [],
  },
  { name: 'nobody: nothing', selectors: [], chosen: [] },
];

describe('connectionChooser', () => {
  it.each(cases)('$name', ({ selectors, chosen }) => {
    const isChosen = connectionChooser(selectors, defaultMarks);
    expect(Object.keys(connections).filter((name) => isChosen(at(name)))).toEqual(chosen);
  });

  it('chooses as if each selector was tested on each connection', () => {
    const ip = fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.1.1', '1.1.1.1', '2.2.2.2');
    const cidrs = fc.subarray(['10.0.0.0/24', '10.0.0.0/8', '1.1.1.1/32', '0.0.0.0/0']);
    const keep = fc.option(ip, { nil: undefined });
    const optional = (list: readonly string[] | undefined, kept: string | undefined): object => ({
      ...(list && { within: list }),
      ...(kept !== undefined && { keep: kept }),
    });
    const selector = fc.oneof(
      fc
        .tuple(ip, cidrs, fc.option(cidrs, { nil: undefined }), keep)
        .map(([pod, list, within, kept]): ConnectionSelector => ({
          kind: 'pod',
          ip: pod,
          internal: list,
          ...optional(within, kept),
        })),
      fc.tuple(fc.integer({ min: 1, max: 3 }), keep).map(([snatId, kept]): ConnectionSelector => ({
        kind: 'snat-id',
        snatId,
        ...optional(undefined, kept),
      })),
    );
    const connection = fc
      .tuple(ip, ip, ip, fc.nat({ max: 3 }))
      .map(([source, destination, translated, zone]) => of(source, destination, translated, zone));
    fc.assert(
      fc.property(fc.array(selector), fc.array(connection), (selectors, list) => {
        const isChosen = connectionChooser(selectors, defaultMarks);
        expect(list.map((one) => isChosen(one))).toEqual(
          list.map((one) => selectors.some((each) => isSelected(one, each))),
        );
      }),
    );
  });

  it('looks only at the selectors of a connection’s own source', () => {
    const pods = Array.from({ length: 250 }, (_, pod) => `10.244.1.${pod}`);
    let looks = 0;
    const selectors = pods.map((ip): ConnectionSelector => ({ kind: 'pod', ip, internal: [] }));
    const isChosen = connectionChooser(selectors, defaultMarks);
    for (const source of pods) {
      isChosen({
        source,
        destination: '1.1.1.1',
        zone: 0,
        get translatedSource() {
          looks += 1;
          return '192.168.77.11';
        },
      });
    }
    expect(looks).toBe(pods.length);
  });
});

function of(source: string, destination: string, translatedSource: string, zone = 0): Connection {
  return { source, destination, translatedSource, zone };
}

function at(name: string): Connection {
  return connections[name] ?? of('', '', '');
}

/** The selection as `operation.ts` of libs/dataplane describes it. */
function isSelected(connection: Connection, selector: ConnectionSelector): boolean {
  const { source, destination, translatedSource, zone } = connection;
  if (translatedSource === selector.keep) {
    return false;
  }
  switch (selector.kind) {
    case 'pod':
      return (
        source === selector.ip &&
        (selector.within === undefined || isIn(selector.within, destination)) &&
        !isIn(selector.internal, destination)
      );
    case 'snat-id':
      return zone === zoneOf(selector.snatId, defaultMarks);
  }
}

function isIn(cidrs: readonly string[], ip: string): boolean {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', length] = cidr.split('/');
    list.addSubnet(address, Number(length));
  }
  return list.check(ip);
}

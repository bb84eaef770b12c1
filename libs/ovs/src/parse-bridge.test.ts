import { parseBridge } from './parse-bridge.ts';

// As ovs-vsctl 3.1.0 printed them.
const BRIDGE =
  '{"data":[["secure",["set",[["uuid","42e2f64d-b489-4f26-9ab4-77ea1cefdc89"],["uuid","a2db87a2-b722-4cab-8422-30e6c8a14a17"],["uuid","a9cc0dd9-4d66-4338-8914-309dddb63945"]]]]],"headings":["fail_mode","ports"]}';
const PORTS =
  '{"data":[[["uuid","a9cc0dd9-4d66-4338-8914-309dddb63945"],["uuid","50a9a494-2cb9-42a5-8e3d-81377bb2de47"]],[["uuid","a2db87a2-b722-4cab-8422-30e6c8a14a17"],["uuid","73672d94-d7a2-4014-8411-fed6b8e6f5ce"]]],"headings":["_uuid","interfaces"]}';
const INTERFACES =
  '{"data":[[["uuid","73672d94-d7a2-4014-8411-fed6b8e6f5ce"],"egress-gw0","internal",2,["map",[]],"0a:58:00:00:00:02"],[["uuid","50a9a494-2cb9-42a5-8e3d-81377bb2de47"],"egress-tun0","geneve",1,["map",[["key","flow"],["remote_ip","flow"]]],["set",[]]]],"headings":["_uuid","name","type","ofport","options","mac"]}';
const NONE = '{"data":[],"headings":["_uuid"]}';

const TUNNEL = {
  name: 'egress-tun0',
  type: 'geneve',
  ofport: 1,
  options: { key: 'flow', remote_ip: 'flow' },
};
const GATEWAY = {
  name: 'egress-gw0',
  type: 'internal',
  ofport: 2,
  options: {},
  mac: '0a:58:00:00:00:02',
};

describe('parseBridge', () => {
  it('reads the bridge with its ports in the order of their numbers', () => {
    expect(parseBridge([BRIDGE, PORTS, INTERFACES, ''].join('\n'))).toEqual({
      failMode: 'secure',
      ports: [TUNNEL, GATEWAY],
    });
  });

  it('finds nothing when there is no bridge, even if the ports exist elsewhere', () => {
    expect(parseBridge([NONE, PORTS, INTERFACES, ''].join('\n'))).toBeUndefined();
  });

  it('leaves out a port that belongs to another bridge', () => {
    const other = BRIDGE.replace('a9cc0dd9', '00000000');
    expect(parseBridge([other, PORTS, INTERFACES, ''].join('\n'))).toEqual({
      failMode: 'secure',
      ports: [GATEWAY],
    });
  });

  it('reads a set of one member, which is printed without the set, and no fail mode', () => {
    const single =
      '{"data":[[["set",[]],["uuid","a2db87a2-b722-4cab-8422-30e6c8a14a17"]]],"headings":["fail_mode","ports"]}';
    expect(parseBridge([single, PORTS, INTERFACES, ''].join('\n'))).toEqual({
      failMode: '',
      ports: [GATEWAY],
    });
  });

  it('reports -1 for a port without an OpenFlow number', () => {
    const unassigned = INTERFACES.replace('"internal",2,', '"internal",["set",[]],');
    expect(parseBridge([BRIDGE, PORTS, unassigned, ''].join('\n'))?.ports).toEqual([
      { ...GATEWAY, ofport: -1 },
      TUNNEL,
    ]);
  });
});

import type { rt } from 'netlink';
import { bytesFromIp, bytesFromMac } from './inet.ts';
import {
  cidrFromMessage,
  neighborsFromMessages,
  routesFromMessages,
  rulesFromMessages,
  sourceRulesFromMessages,
} from './routing-from-messages.ts';

const target = { device: 'egress-gw0', tables: [7101, 7102], markMask: 0x1cff };
const GATEWAY = 7;

describe('rulesFromMessages', () => {
  it('takes the rules that look up our tables for a mark, and no other', () => {
    const messages = [
      rule({ table: 255 }),
      rule({ table: 7102, priority: 1000, fwmark: 0x800, fwmask: 0x800 }),
      rule({ table: 7101, priority: 1001, fwmark: 0x1000 }),
      rule({ table: 7101, priority: 5, fwmark: 1, fwmask: 1, iifname: 'eth0' }),
      rule({ table: 100, priority: 6, fwmark: 0x1000, fwmask: 0x1000 }),
    ];
    expect(rulesFromMessages(messages, target)).toEqual([
      { family: 'IPv4', priority: 1000, mark: 0x800, mask: 0x800, table: 7102 },
      { family: 'IPv4', priority: 1001, mark: 0x1000, mask: 0xffffffff, table: 7101 },
    ]);
  });
});

describe('the rules of egress IPs', () => {
  it('are those with all our bits at our priorities, whatever table they look up', () => {
    const ours = { table: 100, priority: 1002, fwmark: 1, fwmask: 0x1cff };
    const messages = [
      rule(ours),
      rule({ ...ours, table: 254, priority: 1009 }),
      rule({ ...ours, priority: 1010 }),
      rule({ ...ours, fwmask: 0xff }),
      rule({ ...ours, iifname: 'eth0' }),
    ];
    expect(rulesFromMessages(messages, target).map(({ priority }) => priority)).toEqual([
      1002, 1009,
    ]);
  });
});

describe('sourceRulesFromMessages', () => {
  const from = { src: bytesFromIp('10.99.0.0'), table: 100, priority: 500 };
  const sourceRule = (attrs: rt.RuleAttrs, data: Partial<rt.Rule> = {}): rt.RuleMessage => ({
    kind: 'rule',
    data: { family: 2, action: 'toTbl', srcLen: 24, ...data },
    attrs,
  });

  it('takes the rules that look at the source alone, before the main table', () => {
    expect(
      sourceRulesFromMessages([
        sourceRule(from),
        sourceRule({ ...from, protocol: 3 }),
        sourceRule({ ...from, fwmark: 1 }),
        sourceRule({ ...from, dst: bytesFromIp('10.0.0.1') }),
        sourceRule({ ...from, iifname: 'eth0' }),
        sourceRule({ ...from, priority: 32_767 }),
        sourceRule(from, { action: 'prohibit' }),
        sourceRule(from, { flags: { invert: true } }),
        sourceRule({ ...from, suppressPrefixlen: Buffer.alloc(4) }),
        sourceRule({ table: 100, priority: 500 }),
      ]),
    ).toEqual([
      { family: 'IPv4', priority: 500, table: 100, from: '10.99.0.0/24' },
      { family: 'IPv4', priority: 500, table: 100, from: '10.99.0.0/24' },
    ]);
  });
});

describe('routesFromMessages', () => {
  const viaGateway = { table: 7101, gateway: bytesFromIp('169.254.77.254') };

  it('takes throw routes and the default route into our device from our tables', () => {
    const messages = [
      route({ type: 'UNICAST', dstLen: 0 }, { ...viaGateway, oif: GATEWAY }),
      route({ type: 'THROW', dstLen: 16 }, { table: 7101, dst: bytesFromIp('10.244.0.0') }),
      route({ type: 'THROW', dstLen: 8 }, { table: 254, dst: bytesFromIp('10.0.0.0') }),
    ];
    expect(routesFromMessages(messages, target, GATEWAY)).toEqual([
      { table: 7101, kind: 'gateway', destination: '0.0.0.0/0', via: '169.254.77.254' },
      { table: 7101, kind: 'throw', destination: '10.244.0.0/16' },
    ]);
  });

  it('does not take a default route that leads elsewhere for ours, so that it is replaced', () => {
    const messages = [route({ type: 'UNICAST', dstLen: 0 }, { ...viaGateway, oif: 2 })];
    expect(routesFromMessages(messages, target, GATEWAY)).toEqual([]);
    expect(routesFromMessages(messages, target, undefined)).toEqual([]);
  });
});

describe('messages of IPv6', () => {
  it('give rules and routes of that family', () => {
    const attrs = { table: 7102, priority: 1000, fwmark: 0x800, fwmask: 0x800 };
    expect(
      rulesFromMessages([{ ...rule(attrs), data: { family: 10, action: 'toTbl' } }], target),
    ).toEqual([{ family: 'IPv6', priority: 1000, mark: 0x800, mask: 0x800, table: 7102 }]);
    const messages = [
      route(
        { family: 10, type: 'UNICAST', dstLen: 0 },
        { table: 7101, gateway: bytesFromIp('fe80::4d:fe'), oif: GATEWAY },
      ),
      route(
        { family: 10, type: 'THROW', dstLen: 56 },
        { table: 7101, dst: bytesFromIp('fd00:10:244::') },
      ),
    ];
    expect(routesFromMessages(messages, target, GATEWAY)).toEqual([
      { table: 7101, kind: 'gateway', destination: '::/0', via: 'fe80::4d:fe' },
      { table: 7101, kind: 'throw', destination: 'fd00:10:244::/56' },
    ]);
  });
});

describe('neighborsFromMessages', () => {
  it('takes the static neighbours of our device', () => {
    const neighbor = (ifindex: number, state: rt.NeighborState): rt.NeighborMessage => ({
      kind: 'neighbor',
      data: { family: 2, ifindex, state },
      attrs: { dst: bytesFromIp('169.254.77.254'), lladdr: bytesFromMac('0a:58:00:00:00:01') },
    });
    expect(neighborsFromMessages([neighbor(GATEWAY, { permanent: true })], GATEWAY)).toEqual(
      new Map([['169.254.77.254', '0a:58:00:00:00:01']]),
    );
    expect(
      neighborsFromMessages(
        [neighbor(2, { permanent: true }), neighbor(GATEWAY, { reachable: true })],
        GATEWAY,
      ),
    ).toEqual(new Map());
  });
});

describe('cidrFromMessage', () => {
  it("is the Node's own end of a point-to-point address", () => {
    const attrs = { local: bytesFromIp('169.254.77.1'), address: bytesFromIp('169.254.77.2') };
    expect(cidrFromMessage({ kind: 'address', data: { prefixlen: 32 }, attrs })).toBe(
      '169.254.77.1/32',
    );
  });
});

function rule(attrs: rt.RuleAttrs): rt.RuleMessage {
  return { kind: 'rule', data: { family: 2, action: 'toTbl' }, attrs };
}
function route(data: rt.Route, attrs: rt.RouteAttrs): rt.RouteMessage {
  return { kind: 'route', data, attrs };
}

import { node } from '@sallyport/dataplane/testing';
import { realized } from './plan.ts';
import type { Shot } from './send.ts';
import { send } from './send.ts';

// Other software marks packets too, and its values have bits of ours among others.

const pods = {
  here: '10.244.1.11',
  there: '10.244.1.12',
  nowhere: '10.244.1.13',
  free: '10.244.1.99',
};
const groups = [
  { name: 'here', tunnelID: 70, egressIP: '192.168.77.200', gateway: 'n1', pods: [pods.here] },
  { name: 'there', tunnelID: 71, egressIP: '192.168.77.201', gateway: 'n2', pods: [pods.there] },
  { name: 'nowhere', tunnelID: 72, egressIP: '192.168.77.202', pods: [pods.nowhere] },
  { name: 'another', tunnelID: 73, egressIP: '192.168.77.203', gateway: 'n1', pods: [] },
];
const world = realized(groups);

const destination = '203.0.113.10';

/** None is a mark of ours: only a SNAT id, two of our bits, or some of them among others. */
const FOREIGN_MARKS = [
  0x1, 0xa, 0x400, 0xf00, 0xe00, 0x1001, 0x1400, 0x1fff, 0x4001, 0xca6c, 0xffff_ffff,
];

const senders: readonly (readonly [string, Omit<Shot, 'destination' | 'port'>, string])[] = [
  ['a Pod whose egress IP is here', { source: pods.here }, 'leaves as 192.168.77.200'],
  [
    'a Pod whose egress IP is on another Node',
    { source: pods.there },
    'tunnel 71 to 192.168.77.12',
  ],
  ['a Pod whose egress IP is not assigned', { source: pods.nowhere }, 'dropped'],
  ['a Pod of another Node', { source: '10.244.2.21', tunnelID: 70 }, 'leaves as 192.168.77.200'],
];

describe.each(FOREIGN_MARKS)('the mark %p of other software', (foreign) => {
  it.each([
    ['a Pod without an Egress', { source: pods.free }],
    ['the Node', { source: node.ip, ofNode: true }],
  ])('does not make a packet of %s one of ours', (_, shot) => {
    expect(outcomeOf({ ...shot, foreignMark: { before: foreign } })).toBe(`leaves as ${node.ip}`);
  });

  it.each(senders)('does not matter before %s is marked', (_, shot, outcome) => {
    expect(outcomeOf({ ...shot, foreignMark: { before: foreign } })).toBe(outcome);
  });
});

describe.each([...FOREIGN_MARKS, 0x80])('the mark %p, given later', (foreign) => {
  it.each(senders)('never lets a packet of %s leave with a wrong address', (_, shot, outcome) => {
    for (const after of [(mark: number) => (mark | foreign) >>> 0, () => foreign]) {
      expect([outcome, 'dropped']).toContain(outcomeOf({ ...shot, foreignMark: { after } }));
    }
  });
});

it.each(senders)(
  'bits that are not ours leave %s alone, as when kube-proxy has it masqueraded',
  (_, shot, outcome) => {
    expect(outcomeOf({ ...shot, foreignMark: { after: (mark) => mark | 0xc000 } })).toBe(outcome);
  },
);

it.each(senders)(
  'a mark that is taken away does not let %s leave with a wrong address',
  (_, shot, outcome) => {
    expect([outcome, 'dropped']).toContain(outcomeOf({ ...shot, foreignMark: { after: () => 0 } }));
  },
);

it.each([0x80, 0x2, 0x3])(
  'an egress IP of this Node stays that of its Pod when somebody else adds %p later',
  (added) => {
    const shot = { source: pods.here, foreignMark: { after: (mark: number) => mark | added } };
    expect(outcomeOf(shot)).toBe('leaves as 192.168.77.200');
  },
);

function outcomeOf(shot: Omit<Shot, 'destination' | 'port'>): string {
  return send(world, { destination, port: 1, ...shot }).outcome;
}

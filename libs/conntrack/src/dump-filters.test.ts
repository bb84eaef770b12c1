import type { ConnectionSelector } from '@sallyport/dataplane';
import { defaultMarks } from '@sallyport/dataplane';
import type { DumpFilter } from './conntrack-request.ts';
import { AF_INET, AF_INET6, AF_UNSPEC } from './ctnetlink.ts';
import { dumpFilters } from './dump-filters.ts';

const snatId: ConnectionSelector = { kind: 'snat-id', snatId: 3 };

const cases: readonly {
  name: string;
  selectors: readonly ConnectionSelector[];
  filters: readonly DumpFilter[];
}[] = [
  {
    name: 'a Pod: its source',
    selectors: [pod('10.244.1.11')],
    filters: [{ kind: 'source', ipv4: '10.244.1.11' }],
  },
  { name: 'a SNAT id: its zone', selectors: [snatId], filters: [{ kind: 'zone', zone: 3 }] },
  {
    name: 'some of both: each of them',
    selectors: [snatId, pod('10.244.1.11'), pod('10.244.1.12')],
    filters: [
      { kind: 'zone', zone: 3 },
      { kind: 'source', ipv4: '10.244.1.11' },
      { kind: 'source', ipv4: '10.244.1.12' },
    ],
  },
  {
    name: 'many Pods: their family',
    selectors: Array.from({ length: 9 }, (_, index) => pod(`10.244.1.${index}`)),
    filters: [{ kind: 'family', family: AF_INET }],
  },
  {
    name: 'an IPv6 Pod, whose source no kernel finds: its family',
    selectors: [pod('2001:db8::1')],
    filters: [{ kind: 'family', family: AF_INET6 }],
  },
  {
    name: 'Pods of both families: all',
    selectors: [pod('10.244.1.11'), pod('2001:db8::1')],
    filters: [{ kind: 'family', family: AF_UNSPEC }],
  },
  {
    name: 'a SNAT id and an IPv6 Pod: all',
    selectors: [snatId, pod('2001:db8::1')],
    filters: [{ kind: 'family', family: AF_UNSPEC }],
  },
];

describe('dumpFilters', () => {
  it.each(cases)('$name', ({ selectors, filters }) => {
    expect(dumpFilters(selectors, defaultMarks)).toEqual(filters);
  });
});

function pod(ip: string): ConnectionSelector {
  return { kind: 'pod', ip, internal: [] };
}

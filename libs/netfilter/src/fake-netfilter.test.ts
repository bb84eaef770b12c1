import { defaultMarks } from '@sallyport/dataplane';
import type { NetfilterSubject } from './testing/contract.ts';
import { netfilterContract } from './testing/contract.ts';
import { FakeNetfilter } from './testing/fake-netfilter.ts';

describe('FakeNetfilter, like iptables, ipset and conntrack,', () => {
  it.each(netfilterContract)('$name', ({ run }) => run(subject()));
});

function subject(): NetfilterSubject {
  const netfilter = new FakeNetfilter(defaultMarks);
  return {
    netfilter,
    open: (connection) => {
      netfilter.open({ ...connection, port: 1, connmark: 0 });
      return Promise.resolve();
    },
    openSources: () =>
      Promise.resolve(netfilter.state.connections.map(({ source }) => source).sort()),
  };
}

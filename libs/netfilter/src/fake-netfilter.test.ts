import { defaultMarks } from '@sallyport/dataplane';
import { netfilterContract } from './testing/contract.ts';
import { FakeNetfilter } from './testing/fake-netfilter.ts';
import { fakeNftables } from './testing/fake-nftables.ts';

describe('FakeNetfilter, like iptables and ipset,', () => {
  it.each(netfilterContract)('$name', ({ run }) => run(new FakeNetfilter(defaultMarks)));
});

describe('FakeNftKernel, like nf_tables,', () => {
  it.each(netfilterContract)('$name', ({ run }) => run(fakeNftables(defaultMarks)));
});

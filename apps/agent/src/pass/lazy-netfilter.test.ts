import { defaultMarks } from '@sallyport/dataplane';
import { FakeNetfilter } from '@sallyport/netfilter/testing';
import { lazyNetfilter } from './lazy-netfilter.ts';

it('opens the backend once, with the first observation that can', async () => {
  let attempts = 0;
  const netfilter = lazyNetfilter(() => {
    attempts += 1;
    return attempts === 1
      ? Promise.reject(new Error('nft: no'))
      : Promise.resolve({ backend: 'nftables', netfilter: new FakeNetfilter(defaultMarks) });
  });
  expect([attempts, netfilter.backend()]).toEqual([0, undefined]);
  await expect(netfilter.observe()).rejects.toThrow('nft: no');
  await netfilter.observe();
  await netfilter.observe();
  expect([attempts, netfilter.backend()]).toEqual([2, 'nftables']);
});

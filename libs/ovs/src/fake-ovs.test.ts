import { ovsContract } from './testing/contract.ts';
import { FakeOvs } from './testing/fake-ovs.ts';

describe('FakeOvs, like Open vSwitch,', () => {
  it.each(ovsContract)('$name', ({ run }) => run(new FakeOvs()));
});

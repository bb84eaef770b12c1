import { defaultMarks } from '@sallyport/dataplane';
import type { ConntrackSubject } from './testing/contract.ts';
import { conntrackContract } from './testing/contract.ts';
import { FakeConntrack } from './testing/fake-conntrack.ts';

describe('FakeConntrack, like the conntrack table of a kernel,', () => {
  it.each(conntrackContract)('$name', ({ run }) => run(subject()));
});

function subject(): ConntrackSubject {
  const conntrack = new FakeConntrack(defaultMarks);
  return {
    conntrack,
    open: (...connections) => {
      for (const connection of connections) {
        conntrack.open({ ...connection, port: 1, connmark: 0 });
      }
      return Promise.resolve();
    },
    openSources: () => Promise.resolve(conntrack.connections.map(({ source }) => source).sort()),
  };
}

import type { RunCommand } from '@sallyport/command';
import type { ConnectionSelector } from '@sallyport/dataplane';
import { defaultMarks } from '@sallyport/dataplane';
import { deleteConnections } from './delete-connections.ts';

const LISTED = `tcp      6 99 ESTABLISHED src=10.244.1.11 dst=1.1.1.1 sport=1000 dport=80 src=1.1.1.1 dst=192.168.77.11 sport=80 dport=1000 [ASSURED] mark=0 use=1
tcp      6 99 ESTABLISHED src=10.244.1.11 dst=10.244.2.2 sport=1001 dport=80 src=10.244.2.2 dst=10.244.1.11 sport=80 dport=1001 [ASSURED] mark=0 use=1
`;

const pod: ConnectionSelector = {
  kind: 'pod',
  ip: '10.244.1.11',
  internal: ['10.244.0.0/16'],
};
const snatId: ConnectionSelector = { kind: 'snat-id', snatId: 3 };

const cases: readonly {
  name: string;
  selectors: readonly ConnectionSelector[];
  calls: readonly string[];
}[] = [
  {
    name: 'of a Pod: deletes only entries that have all three addresses',
    selectors: [pod],
    calls: [
      'conntrack -L -f ipv4 --orig-src 10.244.1.11',
      '-D --orig-src 10.244.1.11 --reply-src 1.1.1.1 --reply-dst 192.168.77.11\n',
    ],
  },
  {
    name: 'of a SNAT id: lists its zone',
    selectors: [snatId],
    calls: ['conntrack -L -f ipv4 --orig-zone 3'],
  },
  {
    name: 'of both: lists all',
    selectors: [snatId, pod],
    calls: [
      'conntrack -L -f ipv4',
      '-D --orig-src 10.244.1.11 --reply-src 1.1.1.1 --reply-dst 192.168.77.11\n',
    ],
  },
  { name: 'of none: does nothing', selectors: [], calls: [] },
];

describe('deleteConnections', () => {
  it.each(cases)('$name', async ({ selectors, calls }) => {
    const recorded = recorder();
    await deleteConnections(recorded.run, selectors, defaultMarks);
    expect(recorded.calls).toEqual(calls);
  });
});

/** A conntrack that lists the above; records its arguments, or else its input. */
function recorder(): { readonly run: RunCommand; readonly calls: string[] } {
  const calls: string[] = [];
  const run: RunCommand = (argv, { stdin } = {}) => {
    calls.push(stdin ?? argv.join(' '));
    return Promise.resolve({ stdout: stdin === undefined ? LISTED : '', stderr: '' });
  };
  return { run, calls };
}

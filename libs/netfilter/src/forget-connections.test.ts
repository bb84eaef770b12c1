import type { RunCommand } from '@sallyport/command';
import type { ForgetConnections } from '@sallyport/dataplane';
import { forgetConnections } from './forget-connections.ts';

const LISTED = `tcp      6 99 ESTABLISHED src=10.244.1.11 dst=1.1.1.1 sport=1000 dport=80 src=1.1.1.1 dst=192.168.77.11 sport=80 dport=1000 [ASSURED] mark=0 use=1
tcp      6 99 ESTABLISHED src=10.244.1.11 dst=10.244.2.2 sport=1001 dport=80 src=10.244.2.2 dst=10.244.1.11 sport=80 dport=1001 [ASSURED] mark=0 use=1
`;

const pod: ForgetConnections = { of: 'pod', ip: '10.244.1.11', skip: ['10.244.0.0/16'] };
const zone: ForgetConnections = { of: 'zone', zone: 3 };

const cases: readonly {
  name: string;
  forget: readonly ForgetConnections[];
  calls: readonly string[];
}[] = [
  {
    name: 'of a Pod, deletes those alone that have all three of the addresses',
    forget: [pod],
    calls: [
      'conntrack -L -f ipv4 --orig-src 10.244.1.11',
      '-D --orig-src 10.244.1.11 --reply-src 1.1.1.1 --reply-dst 192.168.77.11\n',
    ],
  },
  {
    name: 'of a zone, asks for that zone',
    forget: [zone],
    calls: ['conntrack -L -f ipv4 --orig-zone 3'],
  },
  {
    name: 'of both, asks for all',
    forget: [zone, pod],
    calls: [
      'conntrack -L -f ipv4',
      '-D --orig-src 10.244.1.11 --reply-src 1.1.1.1 --reply-dst 192.168.77.11\n',
    ],
  },
  { name: 'of nobody, does nothing', forget: [], calls: [] },
];

describe('forgetConnections', () => {
  it.each(cases)('$name', async ({ forget, calls }) => {
    const recorded = recorder();
    await forgetConnections(recorded.run, forget);
    expect(recorded.calls).toEqual(calls);
  });
});

/** A conntrack that lists the above; takes note of its arguments, or of what it is told to load. */
function recorder(): { readonly run: RunCommand; readonly calls: string[] } {
  const calls: string[] = [];
  const run: RunCommand = (argv, { stdin } = {}) => {
    calls.push(stdin ?? argv.join(' '));
    return Promise.resolve({ stdout: stdin === undefined ? LISTED : '', stderr: '' });
  };
  return { run, calls };
}

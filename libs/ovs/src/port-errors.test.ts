import { parsePortErrors } from './port-errors.ts';

const tunnel = {
  name: 'egress-tun0',
  type: 'geneve',
  ofport: 1,
  options: { dst_port: '6084' },
} as const;
const gateway = { name: 'egress-gw0', type: 'internal', ofport: 2, options: {} } as const;

describe('parsePortErrors', () => {
  it('finds nothing wrong with ports without an error', () => {
    expect(messagesOf(portList('["set",[]]', '["set",[]]'))).toEqual([]);
  });

  it('says that the UDP port of the tunnel may be taken, and which option chooses another', () => {
    expect(
      messagesOf(
        portList('"could not add network device egress-tun0 to ofproto (File exists)"', '""'),
      ),
    ).toEqual([
      'Open vSwitch cannot make the port egress-tun0: could not add network device egress-tun0 to ofproto (File exists); ' +
        'its UDP port 6084 may belong to another tunnel of the Node (see ip -d link, ss -uln); give all agents another --tunnel-port',
    ]);
  });

  it('refers to the log for any other port', () => {
    expect(messagesOf(portList('""', '"Invalid argument"'))).toEqual([
      'Open vSwitch cannot make the port egress-gw0: Invalid argument; see the log of ovs-vswitchd',
    ]);
  });
});

function messagesOf(stdout: string): readonly string[] {
  return parsePortErrors(stdout, [tunnel, gateway]).map(({ message }) => message);
}

// In the form of ovs-vsctl 3.1.0.
function portList(...errors: readonly string[]): string {
  return `{"data":[["egress-tun0",${errors[0]!}],["egress-gw0",${errors[1]!}]],"headings":["name","error"]}\n`;
}

import type { InterfaceAddress } from './node-addresses.ts';
import { reportableAddresses, uplinkMtu } from './node-addresses.ts';

const ranges = {
  podCIDRs: ['10.244.0.0/16', 'fd00:10:244::/56'],
  serviceCIDRs: ['10.96.0.0/16'],
  nodeIP: '192.168.77.11',
  ownDevices: ['egress-gw0'],
};

const cases: readonly { name: string; address: InterfaceAddress; reported: boolean }[] = [
  { name: 'the address of an uplink', address: on('eth0', '192.168.77.11'), reported: true },
  { name: 'a second address of an uplink', address: on('eth0', '192.168.77.200'), reported: true },
  {
    name: 'an address on a dummy device',
    address: on('egress-ips', '203.0.113.7'),
    reported: true,
  },
  {
    name: 'an address on a device that is down',
    address: on('eth1', '192.168.78.11', { up: false }),
    reported: false,
  },
  { name: 'loopback', address: on('lo', '127.0.0.1', { loopback: true }), reported: false },
  {
    name: 'an address of keepalived, kube-vip or BGP on loopback',
    address: on('lo', '192.168.77.9', { loopback: true }),
    reported: true,
  },
  {
    name: "a Pod's veth of ptp or kindnet",
    address: on('veth1a2b', '10.244.1.1'),
    reported: false,
  },
  { name: 'the bridge of the CNI', address: on('cni0', '10.244.1.1'), reported: false },
  { name: 'the VXLAN device of flannel', address: on('flannel.1', '10.244.1.0'), reported: false },
  { name: 'the tunnel device of Calico', address: on('tunl0', '10.244.217.0'), reported: false },
  { name: "the gateway of Calico's Pods", address: on('cali0123', '169.254.1.1'), reported: false },
  {
    name: 'a LoadBalancer address of kube-proxy',
    address: on('kube-ipvs0', '192.168.77.250'),
    reported: false,
  },
  { name: 'node-local DNS', address: on('nodelocaldns', '10.96.0.10'), reported: false },
  { name: 'an IPv6 address of an uplink', address: on('eth0', 'fd00:77::200'), reported: true },
  {
    name: 'a link-local IPv6 address',
    address: on('eth0', 'fe80::5054:ff:fe12:1'),
    reported: false,
  },
  { name: 'IPv6 loopback', address: on('lo', '::1', { loopback: true }), reported: false },
  {
    name: "an IPv6 address of the CNI's bridge",
    address: on('cni0', 'fd00:10:244::1'),
    reported: false,
  },
  { name: 'our own device', address: on('egress-gw0', '198.51.100.1'), reported: false },
];

describe('reportableAddresses', () => {
  it.each(cases)('$name: $reported', ({ address, reported }) => {
    expect(reportableAddresses([address], ranges)).toEqual(reported ? [address.ip] : []);
  });

  it('reports addresses of the uplink that are in the Pod range, where Pods and Nodes share it', () => {
    const flat = { ...ranges, podCIDRs: ['192.168.0.0/16'] };
    const addresses = [
      on('eth0', '192.168.77.11'),
      on('eth0', '192.168.77.200'),
      on('eth0', '169.254.1.1'),
      on('eth0', '10.96.0.10'),
      on('veth1a2b', '192.168.77.201'),
      on('eth1', '203.0.113.7'),
    ];
    expect(reportableAddresses(addresses, flat)).toEqual([
      '192.168.77.11',
      '192.168.77.200',
      '203.0.113.7',
    ]);
    expect(reportableAddresses(addresses, { ...flat, nodeIP: undefined })).toEqual(['203.0.113.7']);
  });

  it('sorts them and names each once', () => {
    const addresses = [
      on('eth1', '192.168.77.3'),
      on('eth0', '192.168.77.2'),
      on('eth0', '192.168.77.3'),
    ];
    expect(reportableAddresses(addresses, ranges)).toEqual(['192.168.77.2', '192.168.77.3']);
  });
});

describe('uplinkMtu', () => {
  const addresses = [
    on('lo', '127.0.0.1', { mtu: 65536 }),
    on('eth0', '192.168.77.11', { mtu: 9000 }),
  ];

  it('is the one of the device that has the address of the Node', () => {
    expect(uplinkMtu(addresses, '192.168.77.11')).toBe(9000);
  });

  it('is the smallest one of the other devices when the address is on loopback', () => {
    const routed = [
      on('lo', '192.168.77.11', { loopback: true, mtu: 65536 }),
      on('eth0', '10.0.0.1', { mtu: 9000 }),
      on('eth1', '10.0.1.1', { mtu: 1500 }),
      on('eth2', '10.0.2.1', { mtu: 1280, up: false }),
      on('egress-gw0', '169.254.77.1', { mtu: 1400 }),
    ];
    expect(uplinkMtu(routed, '192.168.77.11')).toBe(1500);
  });

  it('is unknown when no device has it', () => {
    expect(uplinkMtu(addresses, '192.168.77.12')).toBeUndefined();
  });
});

function on(device: string, ip: string, more: Partial<InterfaceAddress> = {}): InterfaceAddress {
  return {
    ip,
    device,
    up: true,
    loopback: false,
    mtu: 1500,
    ...more,
  };
}

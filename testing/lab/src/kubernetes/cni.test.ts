import { nodeAddresses } from '../network/address-plan.ts';
import { cniConfig, podIPFromCniResult, podNetns } from './cni.ts';

it("configures ptp as kindnetd does, with the Node's own range", () => {
  const [, second] = nodeAddresses(2);
  expect(second && cniConfig(second)).toEqual({
    cniVersion: '0.3.1',
    name: 'kindnet',
    type: 'ptp',
    ipMasq: false,
    mtu: 1500,
    ipam: {
      type: 'host-local',
      dataDir: '/run/sallyport/n2/cni',
      routes: [{ dst: '0.0.0.0/0' }],
      ranges: [[{ subnet: '10.244.2.0/24' }]],
    },
  });
});

it('reads the address out of a CNI result', () => {
  const result = {
    cniVersion: '0.3.1',
    ips: [{ version: '4', interface: 1, address: '10.244.1.2/24', gateway: '10.244.1.1' }],
  };
  expect(podIPFromCniResult(JSON.stringify(result))).toBe('10.244.1.2');
  expect(() => podIPFromCniResult('{"ips":[]}')).toThrow('no IPv4 address');
});

it('names namespaces so that Pods of one name in two Namespaces differ', () => {
  expect(podNetns('prod', 'web')).not.toBe(podNetns('test', 'web'));
});

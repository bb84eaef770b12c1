import { parseClusterNetwork, parseEgressGroup } from './controlplane-objects.ts';

const group = {
  apiVersion: 'controlplane.antrea.io/v1beta2',
  kind: 'EgressGroup',
  metadata: { name: 'egress-web', resourceVersion: '1' },
  tunnelID: 77,
  egressIPs: ['192.168.77.200'],
  gateway: { nodeName: 'n2', nodeIP: '192.168.77.12' },
  groupMembers: [{ pod: { namespace: 'prod', name: 'web' }, ips: ['10.244.1.11'] }],
};

describe('parseEgressGroup', () => {
  it('gives the group back', () => {
    expect(parseEgressGroup(group)).toBe(group);
    expect(parseEgressGroup({ ...group, gateway: undefined })).toMatchObject({ tunnelID: 77 });
  });

  it.each([
    ['another kind', { ...group, kind: 'Pod' }, 'kind EgressGroup'],
    ['an egress IP that is a rule', { ...group, egressIPs: ['10.0.0.1\n-A INPUT -j DROP'] }, 'IP address'],
    ['a gateway without an address', { ...group, gateway: { nodeName: 'n2', nodeIP: 'n2' } }, 'IP address'],
    ['a member with a prefix length', { ...group, groupMembers: [{ ips: ['10.0.0.0/8'] }] }, 'IP address'],
    ['a tunnel id of 25 bits', { ...group, tunnelID: 2 ** 24 }, 'tunnelID'],
    ['a tunnel id that is text', { ...group, tunnelID: '1' }, 'tunnelID'],
  ])('refuses %s', (_, raw, message) => {
    expect(() => parseEgressGroup(raw)).toThrow(message);
  });
});

it('parseClusterNetwork refuses another kind', () => {
  expect(() => parseClusterNetwork(group)).toThrow('kind ClusterNetwork');
});

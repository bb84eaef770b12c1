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
    [
      'an egress IP that is a rule',
      { ...group, egressIPs: ['10.0.0.1\n-A INPUT -j DROP'] },
      'IP address',
    ],
    [
      'a gateway without an address',
      { ...group, gateway: { nodeName: 'n2', nodeIP: 'n2' } },
      'IP address',
    ],
    [
      'a member with a prefix length',
      { ...group, groupMembers: [{ ips: ['10.0.0.0/8'] }] },
      'IP address',
    ],
    ['a tunnel id of 25 bits', { ...group, tunnelID: 2 ** 24 }, 'tunnelID'],
    ['a tunnel id that is text', { ...group, tunnelID: '1' }, 'tunnelID'],
    [
      'a member without addresses',
      { ...group, groupMembers: [{}] },
      'groupMembers[0].ips is missing: expected a list',
    ],
    [
      'a member that is null',
      { ...group, groupMembers: [null] },
      'groupMembers[0].ips is missing: expected a list',
    ],
    [
      'a gateway that is null',
      { ...group, gateway: null },
      'gateway.nodeIP is missing: expected an IP address',
    ],
    ['nothing', null, 'kind EgressGroup'],
  ])('refuses %s', (_, raw, message) => {
    expect(() => parseEgressGroup(raw)).toThrow(message);
  });

  it('names the object, the field, the value and the remedy', () => {
    const remedy =
      'Run this agent and the controller in one version, and check that --controller-url leads to that controller.';
    expect(() => parseEgressGroup({ ...group, egressIPs: undefined })).toThrow(
      `EgressGroup egress-web: egressIPs is missing: expected a list. ${remedy}`,
    );
    expect(() =>
      parseEgressGroup({ ...group, groupMembers: [{ ips: ['10.244.1.11', 7] }] }),
    ).toThrow(
      `EgressGroup egress-web: groupMembers[0].ips[1]: expected an IP address, got 7. ${remedy}`,
    );
  });
});

describe('parseClusterNetwork', () => {
  const network = {
    kind: 'ClusterNetwork',
    metadata: { name: 'default', resourceVersion: '1' },
    nodes: [{ name: 'n1', ips: ['192.168.77.11'] }],
    podCIDRs: ['10.244.0.0/16'],
    serviceCIDRs: [],
  };

  it('gives the network back', () => {
    expect(parseClusterNetwork(network)).toBe(network);
  });

  it.each([
    ['another kind', group, 'kind ClusterNetwork'],
    [
      'one without Pod CIDRs',
      { ...network, podCIDRs: undefined },
      'podCIDRs is missing: expected a list',
    ],
    [
      'a Node without addresses',
      { ...network, nodes: [{ name: 'n1' }] },
      'nodes[0].ips is missing: expected a list',
    ],
  ])('refuses %s', (_, raw, message) => {
    expect(() => parseClusterNetwork(raw)).toThrow(message);
  });
});

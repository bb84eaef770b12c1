import { parseClusterNetwork } from './cluster-network.ts';
import { parseEgressGroup } from './egress-group.ts';
import { NodeReportSchema } from './node-report.ts';
import { objectParserFor } from './parser.ts';

const apiVersion = 'controlplane.antrea.io/v1beta2';
const remedy =
  'Run the agent and the controller in one version, and check that --controller-url of the agent leads to that controller.';

const member = { pod: { namespace: 'prod', name: 'web' }, ips: ['10.244.1.11'] };
const group = {
  apiVersion,
  kind: 'EgressGroup',
  metadata: { name: 'egress-web', resourceVersion: '1' },
  tunnelID: 77,
  egressIPs: ['192.168.77.200'],
  gateway: { nodeName: 'n2', nodeIP: '192.168.77.12' },
  groupMembers: [member],
};

describe('parseEgressGroup', () => {
  it.each([
    ['a group', group],
    ['a group without a gateway', { ...group, gateway: undefined }],
    ['a group with the uid of its Egress', { ...group, metadata: { ...group.metadata, uid: 'u' } }],
    ['a group with a field of a newer version', { ...group, bandwidth: { rate: '1M' } }],
    ['a member without addresses yet', { ...group, groupMembers: [{ ...member, ips: [] }] }],
    ['IPv6', { ...group, egressIPs: ['fd00::8'] }],
    ['the largest tunnel id', { ...group, tunnelID: 2 ** 24 - 1 }],
  ])('returns %s as it is', (_, raw) => {
    expect(parseEgressGroup(raw)).toBe(raw);
  });

  it.each([
    ['another kind', { ...group, kind: 'Pod' }, 'kind EgressGroup'],
    ['another version', { ...group, apiVersion: 'controlplane.antrea.io/v1' }, apiVersion],
    ['a group without a name', { ...group, metadata: {} }, 'with a name'],
    ['null', null, 'kind EgressGroup'],
    ['nothing', undefined, 'kind EgressGroup'],
    [
      'an egress IP with text of a rule behind it',
      { ...group, egressIPs: ['10.0.0.1\n-A INPUT -j DROP'] },
      'egressIPs[0]: expected an IP address, got "10.0.0.1\\n-A INPUT -j DROP"',
    ],
    [
      'an address that is not in canonical form',
      { ...group, egressIPs: ['FD00::8'] },
      'egressIPs[0]: expected an IP address, got "FD00::8"',
    ],
    [
      'a gateway whose address is a name',
      { ...group, gateway: { nodeName: 'n2', nodeIP: 'n2' } },
      'gateway.nodeIP: expected an IP address, got "n2"',
    ],
    [
      'a gateway without an address',
      { ...group, gateway: { nodeName: 'n2' } },
      'gateway.nodeIP is missing: expected an IP address',
    ],
    [
      'a gateway that is null',
      { ...group, gateway: null },
      'gateway: expected an object, got null',
    ],
    [
      'a member with a prefix length',
      { ...group, groupMembers: [{ ...member, ips: ['10.0.0.0/8'] }] },
      'groupMembers[0].ips[0]: expected an IP address, got "10.0.0.0/8"',
    ],
    [
      'a member without a list of addresses',
      { ...group, groupMembers: [member, { pod: member.pod }] },
      'groupMembers[1].ips is missing: expected a list',
    ],
    [
      'a member without the name of its Pod',
      { ...group, groupMembers: [{ pod: { namespace: 'prod' }, ips: [] }] },
      'groupMembers[0].pod.name is missing: expected a text',
    ],
    [
      'a member that is null',
      { ...group, groupMembers: [null] },
      'groupMembers[0]: expected an object, got null',
    ],
    [
      'a tunnel id of 25 bits',
      { ...group, tunnelID: 2 ** 24 },
      'tunnelID: expected a number from 1 to 16777215, got 16777216',
    ],
    [
      'a tunnel id that is text',
      { ...group, tunnelID: '1' },
      'tunnelID: expected a number from 1 to 16777215, got "1"',
    ],
    [
      'a version that is not a number',
      { ...group, metadata: { name: 'egress-web', resourceVersion: 'v7' } },
      'metadata.resourceVersion: expected a decimal number, got "v7"',
    ],
  ])('refuses %s', (_, raw, message) => {
    expect(() => parseEgressGroup(raw)).toThrow(message);
  });

  it('names the object, the field, the value and the remedy', () => {
    expect(() => parseEgressGroup({ ...group, egressIPs: undefined })).toThrow(
      `EgressGroup egress-web: egressIPs is missing: expected a list. ${remedy}`,
    );
    const members = [{ ...member, ips: ['10.244.1.11', 7] }];
    expect(() => parseEgressGroup({ ...group, groupMembers: members })).toThrow(
      `EgressGroup egress-web: groupMembers[0].ips[1]: expected an IP address, got 7. ${remedy}`,
    );
  });

  it('says of another kind or version that agent and controller differ', () => {
    expect(() => parseEgressGroup({ kind: 'Pod' })).toThrow(
      `expected an object of kind EgressGroup and version ${apiVersion} with a name, got {"kind":"Pod"}. ${remedy}`,
    );
  });
});

describe('parseClusterNetwork', () => {
  const network = {
    apiVersion,
    kind: 'ClusterNetwork',
    metadata: { name: 'default', resourceVersion: '1' },
    nodes: [{ name: 'n1', ips: ['192.168.77.11'] }],
    podCIDRs: ['10.244.0.0/16'],
    serviceCIDRs: [],
  };

  it.each([
    ['a network', network],
    ['a CIDR that is none: the planner reports it', { ...network, podCIDRs: ['10.0.0.0/33'] }],
    ['a Node whose address is none', { ...network, nodes: [{ name: 'n1', ips: ['n1'] }] }],
  ])('returns %s as it is', (_, raw) => {
    expect(parseClusterNetwork(raw)).toBe(raw);
  });

  it.each([
    ['another kind', group, 'kind ClusterNetwork'],
    [
      'a network without Pod CIDRs',
      { ...network, podCIDRs: undefined },
      'podCIDRs is missing: expected a list',
    ],
    [
      'a Node without addresses',
      { ...network, nodes: [{ name: 'n1' }] },
      'nodes[0].ips is missing: expected a list',
    ],
    [
      'a CIDR that is a number',
      { ...network, serviceCIDRs: [10] },
      'serviceCIDRs[0]: expected a text, got 10',
    ],
  ])('refuses %s', (_, raw, message) => {
    expect(() => parseClusterNetwork(raw)).toThrow(message);
  });
});

describe('objectParserFor(NodeReportSchema)', () => {
  const parse = objectParserFor(NodeReportSchema);
  const report = {
    apiVersion,
    kind: 'NodeReport',
    metadata: { name: 'n1' },
    addresses: ['192.168.77.200', 'FD00::8'],
    realizedResourceVersion: '',
    realizedNetworkVersion: '7',
    faults: [{ message: 'all of them' }, { egress: 'web', message: 'one of them' }],
  };

  it('returns a report as it is', () => {
    expect(parse(report)).toBe(report);
  });

  it.each([
    [
      'an address with a prefix length',
      { ...report, addresses: ['10.0.0.1/24'] },
      'NodeReport n1: addresses[0]: expected an IP address, got "10.0.0.1/24"',
    ],
    [
      'more addresses than a Node can have',
      { ...report, addresses: Array.from({ length: 10_001 }, () => '::1') },
      'addresses: expected a list of at most 10000 items',
    ],
    [
      'a version that is not a number',
      { ...report, realizedNetworkVersion: 'x' },
      'realizedNetworkVersion: expected a decimal number or "", got "x"',
    ],
    [
      'a fault without a message',
      { ...report, faults: [{ egress: 'web' }] },
      'faults[0].message is missing: expected a text that is not empty',
    ],
  ])('refuses %s', (_, raw, message) => {
    expect(() => parse(raw)).toThrow(message);
  });
});

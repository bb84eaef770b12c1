import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import { FakeConntrack } from '@sallyport/conntrack/testing';
import { defaultMarks, operationsOf } from '@sallyport/dataplane';
import { readNetfilter } from '@sallyport/netfilter';
import { EMPTY_NETFILTER, FakeNetfilter } from '@sallyport/netfilter/testing';
import { FakeOvs } from '@sallyport/ovs/testing';
import { EMPTY_ROUTING, FakeRouting } from '@sallyport/rtnetlink/testing';
import type { Dataplane, DataplaneState, Operation } from './dataplane.ts';
import type { PassInput } from './dataplane-pass.ts';
import {
  createDryRunPass,
  createPass,
  NotConvergedError,
  OperationError,
  PlanError,
  planPass,
} from './dataplane-pass.ts';
import { kernelDataplane } from './kernel-dataplane.ts';

const network: ClusterNetwork = {
  apiVersion: 'controlplane.antrea.io/v1beta2',
  kind: 'ClusterNetwork',
  metadata: { name: 'default', resourceVersion: '5' },
  nodes: [{ name: 'n1', ips: ['192.168.77.11'] }],
  podCIDRs: ['10.244.0.0/16'],
  serviceCIDRs: [],
};
const input: PassInput = {
  nodeName: 'n1',
  marks: defaultMarks,
  tunnelUdpPort: 6081,
  tunnelMtu: 0,
  groups: [],
  network,
  addresses: [{ ip: '192.168.77.11', device: 'eth0', up: true, loopback: false, mtu: 1500 }],
};
const EMPTY: DataplaneState = {
  ovs: { flows: [], groups: [] },
  netfilter: readNetfilter(EMPTY_NETFILTER, defaultMarks),
  routing: EMPTY_ROUTING,
};

describe('createPass', () => {
  it('applies every operation in order and reports each', async () => {
    const dataplane = dataplaneThat({});
    const reported: Operation['op'][] = [];
    const { applied } = await createPass(dataplane)(input, ({ op }) => reported.push(op));
    expect(applied.map(({ op }) => op)).toEqual(
      operationsOf(planPass(input, EMPTY).steps).map(({ op }) => op),
    );
    expect(reported).toEqual(dataplane.applied);
    expect(await createPass(dataplane)(input, () => undefined)).toMatchObject({ applied: [] });
  });

  it('stops at an operation that is refused, and names it', async () => {
    const dataplane = dataplaneThat({ refuses: 'ovs-bundle' });
    const pass = createPass(dataplane)(input, () => undefined);
    await expect(pass).rejects.toThrow(OperationError);
    await expect(pass).rejects.toThrow('ovs-bundle: ovs-ofctl: no');
    expect(dataplane.applied).not.toContain('ovs-bundle');
    expect(dataplane.applied).toContain('iptables-restore');
  });

  it('blocks newly selected Pods, and does nothing else, while Open vSwitch does not answer', async () => {
    const group: EgressGroup = {
      apiVersion: 'controlplane.antrea.io/v1beta2',
      kind: 'EgressGroup',
      metadata: { name: 'web', resourceVersion: '7' },
      tunnelID: 1,
      egressIPs: ['192.168.77.200'],
      gateway: { nodeName: 'n1', nodeIP: '192.168.77.11' },
      groupMembers: [{ pod: { namespace: 'prod', name: 'web-0' }, ips: ['10.244.1.11'] }],
    };
    const dataplane = dataplaneThat({});
    const applied: Operation[] = [];
    const pass = createPass({
      observe: (parts) =>
        (parts as readonly string[]).includes('ovs')
          ? Promise.reject(new Error('ovs-ofctl: no'))
          : dataplane.observe(parts),
      apply: (operation) => Promise.resolve(void applied.push(operation)),
    })({ ...input, groups: [group] }, () => undefined);
    await expect(pass).rejects.toThrow('ovs-ofctl: no');
    expect(applied.map(({ op }) => op)).toEqual([
      'update-sets',
      'iptables-restore',
      'update-sets',
      'delete-connections',
    ]);
    expect(applied[2]).toMatchObject({
      changes: [{ ip: '10.244.1.11', path: { kind: 'blocked' } }],
    });
  });

  it('rejects when the dataplane reads back otherwise', async () => {
    const pass = createPass(dataplaneThat({ changesNothing: true }))(input, () => undefined);
    await expect(pass).rejects.toThrow(NotConvergedError);
  });
});

describe('planPass', () => {
  it.each([
    [0, 1450],
    [1300, 1300],
  ])(
    'gives egress-gw0 the MTU of the uplink less the tunnel, or the chosen one: %d',
    (tunnelMtu, mtu) => {
      const { desired } = planPass({ ...input, tunnelMtu }, EMPTY);
      expect(desired.routing.gatewayLink?.mtu).toBe(mtu);
    },
  );

  it.each<{ name: string; input: PassInput; message: string }>([
    {
      name: 'there is no Pod CIDR, since packets between Pods would count as external',
      input: { ...input, network: { ...network, podCIDRs: [] } },
      message: 'start it with --pod-cidrs',
    },
    {
      name: 'the Node is not in the cluster',
      input: { ...input, nodeName: 'n7' },
      message: 'Node n7 has no IPv4 InternalIP in the cluster: check --node-name',
    },
    {
      name: 'no device has its address',
      input: { ...input, addresses: [] },
      message: 'no network device has 192.168.77.11, the InternalIP of Node n1',
    },
  ])('refuses to plan when $name', ({ input: wrong, message }) => {
    expect(() => planPass(wrong, EMPTY)).toThrow(PlanError);
    expect(() => planPass(wrong, EMPTY)).toThrow(message);
  });
});

describe('createDryRunPass', () => {
  it('prints the operations, one line of JSON each, and applies none', async () => {
    const lines: string[] = [];
    const dataplane = dataplaneThat({});
    await createDryRunPass(dataplane, (line) => lines.push(line))(input, () => undefined);
    expect(lines.map((line) => (JSON.parse(line) as Operation).op)).toEqual(
      operationsOf(planPass(input, EMPTY).steps).map(({ op }) => op),
    );
    expect(dataplane.applied).toEqual([]);
  });
});

/** A dataplane in memory; it may refuse one operation, or ignore all. */
function dataplaneThat(options: {
  readonly refuses?: Operation['op'];
  readonly changesNothing?: boolean;
}): Dataplane & { readonly applied: Operation['op'][] } {
  const routing = new FakeRouting();
  const kernel = kernelDataplane({
    ovs: new FakeOvs(),
    netfilter: new FakeNetfilter(defaultMarks),
    conntrack: new FakeConntrack(defaultMarks),
    routing,
  });
  const applied: Operation['op'][] = [];
  return {
    applied,
    observe: (parts) => kernel.observe(parts),
    async apply(operation) {
      if (operation.op === options.refuses) {
        throw new Error('ovs-ofctl: no');
      }
      applied.push(operation.op);
      if (options.changesNothing === true) {
        return;
      }
      await kernel.apply(operation);
      if (operation.op === 'ensure-bridge') {
        routing.addGatewayLink();
      }
    },
  };
}

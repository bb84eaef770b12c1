import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import type { DataplaneState, Operation } from '@sallyport/dataplane';
import { defaultMarks } from '@sallyport/dataplane';
import type { Dataplane } from './dataplane.ts';
import type { PassInput } from './dataplane-pass.ts';
import {
  applyingPass,
  NotConvergedError,
  OperationError,
  planPass,
  printingPass,
} from './dataplane-pass.ts';

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
  groups: [],
  network,
  addresses: [{ ip: '192.168.77.11', device: 'eth0', up: true, loopback: false, mtu: 1500 }],
};
const EMPTY: DataplaneState = {
  ovs: { flows: [], groups: [] },
  ipsets: {},
  iptables: { chains: [], jumps: [] },
  routing: { rules: [], routes: [] },
};

it('plans nothing without a Pod CIDR: what Pods send to each other would count as external', () => {
  expect(() => planPass({ ...input, network: { ...network, podCIDRs: [] } }, EMPTY)).toThrow(
    '--pod-cidrs',
  );
});

describe('applyingPass', () => {
  it('applies every operation in order and tells of each', async () => {
    const dataplane = dataplaneThat({});
    const told: Operation['op'][] = [];
    const { applied } = await applyingPass(dataplane)(input, ({ op }) => told.push(op));
    expect(applied.map(({ op }) => op)).toEqual(
      planPass(input, EMPTY).operations.map(({ op }) => op),
    );
    expect(told).toEqual(dataplane.applied);
    expect(await applyingPass(dataplane)(input, () => undefined)).toMatchObject({ applied: [] });
  });

  it('stops at an operation that is refused, and names it', async () => {
    const dataplane = dataplaneThat({ refuses: 'ovs-bundle' });
    const pass = applyingPass(dataplane)(input, () => undefined);
    await expect(pass).rejects.toThrow(OperationError);
    await expect(pass).rejects.toThrow('ovs-bundle: ovs-ofctl: no');
    expect(dataplane.applied).not.toContain('ovs-bundle');
    expect(dataplane.applied).toContain('iptables-restore');
  });

  it('cuts off whom an Egress selects, and does nothing else, while Open vSwitch does not answer', async () => {
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
    const pass = applyingPass({
      observe: (parts) =>
        (parts as readonly string[]).includes('ovs')
          ? Promise.reject(new Error('ovs-ofctl: no'))
          : dataplane.observe(parts),
      apply: (operation) => Promise.resolve(void applied.push(operation)),
    })({ ...input, groups: [group] }, () => undefined);
    await expect(pass).rejects.toThrow('ovs-ofctl: no');
    expect(applied.map(({ op }) => op)).toEqual([
      'ipset-restore',
      'iptables-restore',
      'ipset-restore',
      'forget-connections',
    ]);
    expect(applied[2]).toMatchObject({
      changes: [{ ip: '10.244.1.11', mark: { mark: defaultMarks.drop } }],
    });
  });

  it('does not take it for done when the dataplane reads back otherwise', async () => {
    const pass = applyingPass(dataplaneThat({ forgets: true }))(input, () => undefined);
    await expect(pass).rejects.toThrow(NotConvergedError);
  });
});

describe('planPass', () => {
  it.each<{ name: string; input: PassInput; message: string }>([
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
    expect(() => planPass(wrong, EMPTY)).toThrow(message);
  });
});

describe('printingPass', () => {
  it('prints the operations, one line of JSON each, and applies none', async () => {
    const lines: string[] = [];
    const dataplane = dataplaneThat({});
    await printingPass(dataplane, (line) => lines.push(line))(input, () => undefined);
    expect(lines.map((line) => (JSON.parse(line) as Operation).op)).toEqual(
      planPass(input, EMPTY).operations.map(({ op }) => op),
    );
    expect(dataplane.applied).toEqual([]);
  });
});

/**
 * A dataplane that becomes what is wanted with the last of the operations that an empty one needs,
 * unless it refuses one.
 */
function dataplaneThat(options: {
  readonly refuses?: Operation['op'];
  readonly forgets?: boolean;
}): Dataplane & { readonly applied: Operation['op'][] } {
  const { operations, desired } = planPass(input, EMPTY);
  const applied: Operation['op'][] = [];
  return {
    applied,
    observe: (parts) => {
      const state =
        applied.length === operations.length && options.forgets !== true ? desired : EMPTY;
      return Promise.resolve(Object.fromEntries(parts.map((part) => [part, state[part]])) as never);
    },
    apply: ({ op }) => {
      if (op === options.refuses) {
        return Promise.reject(new Error('ovs-ofctl: no'));
      }
      applied.push(op);
      return Promise.resolve();
    },
  };
}

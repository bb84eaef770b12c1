import { nodeFor } from './node-for.ts';
import { observedEgressFor } from './observed-egress-for.ts';
import { namespaceFor, podFor } from './pod-for.ts';

describe('podFor', () => {
  it('keeps the needed fields, with canonical addresses', () => {
    const raw = {
      metadata: {
        namespace: 'prod',
        name: 'web-1',
        uid: 'u1',
        creationTimestamp: '2026-01-02T03:04:05Z',
        labels: { role: 'web' },
        annotations: { long: 'text' },
        managedFields: [{}],
      },
      spec: { nodeName: 'n1', containers: [{ name: 'main' }] },
      status: {
        phase: 'Running',
        podIP: '10.244.1.5',
        podIPs: [{ ip: '10.244.1.5' }, { ip: 'FD00::5' }],
      },
    };
    expect(podFor(raw)).toEqual({
      object: {
        namespace: 'prod',
        name: 'web-1',
        labels: { role: 'web' },
        nodeName: 'n1',
        ips: ['10.244.1.5', 'fd00::5'],
        phase: 'Running',
        hostNetwork: false,
        terminating: false,
      },
      faults: [],
    });
  });

  it('accepts a Pod that was just created', () => {
    const { object } = podFor({
      metadata: { namespace: 'prod', name: 'web-1' },
      spec: { hostNetwork: true },
    });
    expect(object).toMatchObject({ labels: {}, ips: [], phase: 'Pending', hostNetwork: true });
    expect(object.nodeName).toBeUndefined();
  });

  it('marks a Pod that is being deleted', () => {
    const metadata = {
      namespace: 'prod',
      name: 'web-1',
      deletionTimestamp: '2026-01-02T03:04:35Z',
    };
    expect(podFor({ metadata }).object.terminating).toBe(true);
  });

  it('ignores an invalid address and reports it as a fault', () => {
    const { object, faults } = podFor({
      metadata: { namespace: 'prod', name: 'web-1' },
      status: { podIPs: [{ ip: '10.244.01.5' }, { ip: '10.244.1.6' }] },
    });
    expect(object.ips).toEqual(['10.244.1.6']);
    expect(faults).toMatchObject([
      { object: 'Pod prod/web-1', field: 'status.podIPs[0].ip', value: '10.244.01.5' },
    ]);
  });

  it.each([null, 'text', [], {}, { metadata: {} }])('refuses %j, which has no name', (raw) => {
    expect(() => podFor(raw)).toThrow('metadata.name is missing');
  });
});

describe('namespaceFor', () => {
  it('keeps name and labels', () => {
    expect(
      namespaceFor({ metadata: { name: 'prod', labels: { env: 'prod' } }, spec: {} }).object,
    ).toEqual({
      name: 'prod',
      labels: { env: 'prod' },
    });
  });
});

describe('nodeFor', () => {
  it('keeps the InternalIPs and the Pod CIDRs', () => {
    const raw = {
      metadata: { name: 'n1' },
      spec: { podCIDRs: ['10.244.1.0/24'] },
      status: {
        addresses: [
          { type: 'Hostname', address: 'n1' },
          { type: 'InternalIP', address: '10.0.0.1' },
          { type: 'ExternalIP', address: '198.51.100.1' },
        ],
      },
    };
    expect(nodeFor(raw)).toEqual({
      object: { name: 'n1', ips: ['10.0.0.1'], podCIDRs: ['10.244.1.0/24'], ready: true },
      faults: [],
    });
  });

  it('ignores an invalid address or CIDR and reports it as a fault', () => {
    const { object, faults } = nodeFor({
      metadata: { name: 'n1' },
      spec: { podCIDRs: ['10.244.1.0'] },
      status: { addresses: [{ type: 'InternalIP', address: 'n1.local' }] },
    });
    expect(object).toEqual({ name: 'n1', ips: [], podCIDRs: [], ready: true });
    expect(faults.map(({ field }) => field)).toEqual([
      'spec.podCIDRs[0]',
      'status.addresses[0].address',
    ]);
  });

  it.each<[string, readonly unknown[] | undefined, boolean]>([
    ['ready without conditions', undefined, true],
    ['ready without a Ready condition', [{ type: 'MemoryPressure', status: 'False' }], true],
    ['ready when its kubelet reports so', [{ type: 'Ready', status: 'True' }], true],
    ['not ready when its kubelet reports so', [{ type: 'Ready', status: 'False' }], false],
    ['not ready when its kubelet is silent', [{ type: 'Ready', status: 'Unknown' }], false],
  ])('considers a Node %s', (_, conditions, ready) => {
    expect(nodeFor({ metadata: { name: 'n1' }, status: { conditions } }).object.ready).toBe(ready);
  });
});

describe('observedEgressFor', () => {
  it('keeps the status and the version beside the Egress', () => {
    const { object, faults } = observedEgressFor({
      metadata: { name: 'web', uid: 'u1', generation: 2, resourceVersion: '41' },
      spec: { appliedTo: { podSelector: {} }, egressIP: '192.0.2.10' },
      status: { egressNode: 'n1' },
    });
    expect(object).toMatchObject({
      name: 'web',
      resourceVersion: '41',
      status: { egressNode: 'n1' },
      egress: { generation: 2, egressIPs: ['192.0.2.10'] },
    });
    expect(faults).toEqual([]);
  });

  it.each([
    ['conditions that are an object', { conditions: { type: 'Realized' } }, {}],
    ['conditions with null in them', { conditions: [null, 7, {}] }, { conditions: [] }],
    ['a Node and an IP that are no texts', { egressNode: 7, egressIP: {} }, {}],
    ['a status that is a list', [], {}],
  ])('leaves out %s', (_, status, expected) => {
    const raw = { metadata: { name: 'web' }, spec: {}, status };
    expect(observedEgressFor(raw).object.status).toEqual(expected);
  });

  it('collects the faults of the spec', () => {
    const { object, faults } = observedEgressFor({
      metadata: { name: 'web' },
      spec: { egressIP: 'x' },
    });
    expect(object.status).toEqual({});
    expect(faults.map(({ field }) => field)).toEqual(['spec.appliedTo', 'spec.egressIP']);
  });
});

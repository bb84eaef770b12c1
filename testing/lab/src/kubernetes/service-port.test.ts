import type { V1EndpointSlice, V1Pod, V1Service } from '@kubernetes/client-node';
import { endpointSliceFor } from './endpoint-slice.ts';
import { servicePortsFor } from './service-port.ts';

const service = serviceWith({ selector: { app: 'web' } });

describe('from Services and Pods to the input of kube-proxy', () => {
  it('leads to the ready Pods that the selector selects', () => {
    const pods = [
      pod('b', '10.244.2.2'),
      pod('a', '10.244.1.2'),
      pod('unready', '10.244.1.3', { ready: false }),
      pod('other', '10.244.1.4', { labels: { app: 'db' } }),
      pod('new', undefined),
    ];
    expect(portsFor(pods)).toEqual([
      {
        key: 'default/web:http',
        protocol: 'tcp',
        clusterIP: '10.96.0.10',
        port: 80,
        nodePort: 30080,
        loadBalancerIPs: ['192.168.77.250'],
        endpoints: [
          { ip: '10.244.1.2', port: 8080 },
          { ip: '10.244.2.2', port: 8080 },
        ],
      },
    ]);
  });

  it('leaves out Pods that are being deleted', () => {
    expect(
      portsFor([pod('a', '10.244.1.2', { deletionTimestamp: new Date(0) })])[0]?.endpoints,
    ).toEqual([]);
  });

  it('has a port without endpoints when there are no Pods', () => {
    expect(portsFor([])[0]?.endpoints).toEqual([]);
  });

  it('ignores headless Services', () => {
    expect(servicePortsFor([serviceWith({ clusterIP: 'None' })], [])).toEqual([]);
  });

  it('leaves the endpoints of Services without a selector to others', () => {
    expect(endpointSliceFor(serviceWith({}), [])).toBeUndefined();
    const manual: V1EndpointSlice = {
      metadata: {
        namespace: 'default',
        name: 'web-manual',
        labels: { 'kubernetes.io/service-name': 'web' },
      },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.244.3.9'] }],
      ports: [{ name: 'http', port: 9090 }],
    };
    expect(servicePortsFor([service], [manual])[0]?.endpoints).toEqual([
      { ip: '10.244.3.9', port: 9090 },
    ]);
  });
});

function serviceWith({
  clusterIP = '10.96.0.10',
  selector,
}: {
  clusterIP?: string;
  selector?: Record<string, string>;
}): V1Service {
  return {
    metadata: { namespace: 'default', name: 'web' },
    spec: {
      type: 'LoadBalancer',
      clusterIP,
      ...(selector === undefined ? {} : { selector }),
      ports: [{ name: 'http', port: 80, targetPort: 'http', nodePort: 30080, protocol: 'TCP' }],
    },
    status: { loadBalancer: { ingress: [{ ip: '192.168.77.250' }] } },
  };
}

function pod(
  name: string,
  podIP: string | undefined,
  overrides: { labels?: Record<string, string>; ready?: boolean; deletionTimestamp?: Date } = {},
): V1Pod {
  const { labels = { app: 'web' }, ready = true, deletionTimestamp } = overrides;
  return {
    metadata: {
      ...{ namespace: 'default', name, uid: `uid-${name}`, labels },
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    },
    spec: {
      nodeName: 'n1',
      containers: [{ name: 'server', ports: [{ name: 'http', containerPort: 8080 }] }],
    },
    status: {
      ...(podIP === undefined ? {} : { podIP }),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    },
  };
}

function portsFor(pods: readonly V1Pod[]) {
  const slice = endpointSliceFor(service, pods);
  return servicePortsFor([service], slice === undefined ? [] : [slice]);
}

import type { JsonObject } from '../model/json.ts';
import { isObject, listAt, objectAt, stringAt, valueAt } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Strategy } from '../model/resource.ts';
import type { FieldError } from '../model/status-error.ts';
import { invalidValue, requiredValue } from '../model/status-error.ts';

/** Which cluster IPs and node ports are in use. */
export interface ServiceAllocations {
  readonly clusterIPs: ReadonlySet<string>;
  readonly nodePorts: ReadonlySet<number>;
}

const FIRST_NODE_PORT = 30_000;
const LAST_NODE_PORT = 32_767;

/**
 * Services get a cluster IP of 10.96.0.0/16 (kubeadm's range, IPv4 only) and, where their type asks
 * for it, node ports. `inUse` says what the existing Services hold.
 */
export function serviceStrategy(inUse: () => ServiceAllocations): Strategy {
  return {
    setDefaults,
    beforeCreate(service) {
      service.status = { loadBalancer: {} };
      allocate(service, inUse());
    },
    beforeUpdate(service, old) {
      keepAllocated(service, old);
      allocate(service, inUse());
    },
    validate,
  };
}

function setDefaults(service: KubeObject): void {
  const spec = objectAt(service, 'spec');
  if (spec === undefined) {
    return;
  }
  spec.sessionAffinity ??= 'None';
  spec.type ??= 'ClusterIP';
  if (spec.type !== 'ExternalName') {
    spec.internalTrafficPolicy ??= 'Cluster';
  }
  if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') {
    spec.externalTrafficPolicy ??= 'Cluster';
  }
  if (spec.type === 'LoadBalancer') {
    spec.allocateLoadBalancerNodePorts ??= true;
  }
  portsOf(service).forEach(setPortDefaults);
}

function portsOf(service: KubeObject): JsonObject[] {
  return listAt(service, 'spec', 'ports').filter(isObject);
}

function setPortDefaults(port: JsonObject): void {
  port.protocol ??= 'TCP';
  if (port.targetPort === undefined || port.targetPort === 0) {
    port.targetPort = port.port;
  }
  if (port.nodePort === 0) {
    delete port.nodePort;
  }
}

/** An update that leaves them out keeps the allocated values. */
function keepAllocated(service: KubeObject, old: KubeObject): void {
  const spec = objectAt(service, 'spec');
  if (spec === undefined || spec.type === 'ExternalName') {
    return;
  }
  for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) {
    spec[field] ??= valueAt(old, 'spec', field);
  }
  if (spec.type === 'ClusterIP') {
    return;
  }
  for (const port of portsOf(service)) {
    const same = listAt(old, 'spec', 'ports').find((other) => valueAt(other, 'port') === port.port);
    port.nodePort ??= valueAt(same, 'nodePort');
  }
}

function allocate(service: KubeObject, inUse: ServiceAllocations): void {
  const spec = objectAt(service, 'spec');
  if (spec === undefined || spec.type === 'ExternalName') {
    return;
  }
  if (spec.clusterIP === undefined || spec.clusterIP === '') {
    spec.clusterIP = freeClusterIP(inUse.clusterIPs);
  }
  spec.clusterIPs ??= [spec.clusterIP ?? ''];
  spec.ipFamilies ??= ['IPv4'];
  spec.ipFamilyPolicy ??= 'SingleStack';
  if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') {
    return;
  }
  if (spec.allocateLoadBalancerNodePorts === false) {
    return;
  }
  const taken = new Set(inUse.nodePorts);
  for (const port of portsOf(service)) {
    port.nodePort ??= freeNodePort(taken);
    taken.add(Number(port.nodePort));
  }
}

function freeClusterIP(used: ReadonlySet<string>): string {
  for (let index = 10; index < 65_535; index++) {
    const address = `10.96.${String(index >> 8)}.${String(index & 255)}`;
    if (!used.has(address)) {
      return address;
    }
  }
  throw new Error('no free cluster IP in 10.96.0.0/16: delete Services');
}

function freeNodePort(used: ReadonlySet<number>): number {
  for (let port = FIRST_NODE_PORT; port <= LAST_NODE_PORT; port++) {
    if (!used.has(port)) {
      return port;
    }
  }
  throw new Error(
    `no free node port in ${String(FIRST_NODE_PORT)}-${String(LAST_NODE_PORT)}: delete Services`,
  );
}

function validate(service: KubeObject, old: KubeObject | undefined): FieldError[] {
  const faults: FieldError[] = [];
  const ports = listAt(service, 'spec', 'ports');
  const clusterIP = stringAt(service, 'spec', 'clusterIP') ?? '';
  if (
    ports.length === 0 &&
    clusterIP !== 'None' &&
    stringAt(service, 'spec', 'type') !== 'ExternalName'
  ) {
    faults.push(requiredValue('spec.ports'));
  }
  ports.forEach((port, index) => {
    const number = valueAt(port, 'port');
    if (typeof number !== 'number' || number < 1 || number > 65_535) {
      faults.push(
        invalidValue(
          `spec.ports[${String(index)}].port`,
          number ?? 0,
          'must be between 1 and 65535, inclusive',
        ),
      );
    }
    if (ports.length > 1 && (stringAt(port, 'name') ?? '') === '') {
      faults.push(requiredValue(`spec.ports[${String(index)}].name`));
    }
  });
  const before = stringAt(old, 'spec', 'clusterIP') ?? '';
  if (
    before !== '' &&
    clusterIP !== '' &&
    before !== clusterIP &&
    stringAt(service, 'spec', 'type') !== 'ExternalName'
  ) {
    faults.push(invalidValue('spec.clusterIPs[0]', clusterIP, 'may not change once set'));
  }
  return faults;
}

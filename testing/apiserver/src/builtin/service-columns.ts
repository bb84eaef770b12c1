import { listAt, stringAt, textOf, valueAt } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Column } from '../model/resource.ts';
import { AGE, column, NAME, pairsAt, textAt } from '../table/column.ts';

/** The columns of `kubectl get services [-o wide]`. */
export const SERVICE_COLUMNS: readonly Column[] = [
  NAME,
  textAt('Type', 'spec.type'),
  textAt('Cluster-IP', 'spec.clusterIP'),
  column('External-IP', externalIPOf),
  column('Port(s)', portsOf),
  AGE,
  column('Selector', (service) => pairsAt(service, 'spec', 'selector'), 1),
];

/** The columns of `kubectl get endpointslices`. */
export const ENDPOINT_SLICE_COLUMNS: readonly Column[] = [
  NAME,
  textAt('AddressType', 'addressType', ''),
  column(
    'Ports',
    (slice) =>
      firstThree(listAt(slice, 'ports').map((port) => textOf(valueAt(port, 'port') ?? '*'))) ||
      '<unset>',
  ),
  column(
    'Endpoints',
    (slice) =>
      firstThree(
        listAt(slice, 'endpoints').flatMap((endpoint) => listAt(endpoint, 'addresses').map(String)),
      ) || '<unset>',
  ),
  AGE,
];

/** The columns of `kubectl get endpoints`. */
export const ENDPOINTS_COLUMNS: readonly Column[] = [
  NAME,
  column('Endpoints', (endpoints) => {
    const pairs = listAt(endpoints, 'subsets').flatMap((subset) =>
      listAt(subset, 'ports').flatMap((port) =>
        listAt(subset, 'addresses').map(
          (address) => `${stringAt(address, 'ip') ?? ''}:${textOf(valueAt(port, 'port'))}`,
        ),
      ),
    );
    return firstThree(pairs) || '<none>';
  }),
  AGE,
];

function externalIPOf(service: KubeObject): string {
  const external = listAt(service, 'spec', 'externalIPs').map(String);
  if (stringAt(service, 'spec', 'type') === 'ExternalName') {
    return stringAt(service, 'spec', 'externalName') ?? '<none>';
  }
  if (stringAt(service, 'spec', 'type') === 'LoadBalancer') {
    const ingress = listAt(service, 'status', 'loadBalancer', 'ingress').map(
      (item) => stringAt(item, 'ip') ?? stringAt(item, 'hostname') ?? '',
    );
    return [...ingress, ...external].join(',') || '<pending>';
  }
  return external.join(',') || '<none>';
}

function portsOf(service: KubeObject): string {
  const ports = listAt(service, 'spec', 'ports').map((port) => {
    const nodePort = valueAt(port, 'nodePort');
    const front = textOf(valueAt(port, 'port'));
    return `${front}${nodePort === undefined ? '' : `:${textOf(nodePort)}`}/${stringAt(port, 'protocol') ?? 'TCP'}`;
  });
  return ports.join(',') || '<none>';
}

function firstThree(items: readonly string[]): string {
  const shown = items.slice(0, 3).join(',');
  return items.length > 3 ? `${shown} + ${String(items.length - 3)} more...` : shown;
}

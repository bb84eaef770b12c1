import { listAt, stringAt, valueAt } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Column } from '../model/resource.ts';
import { AGE, column, NAME, textAt } from '../table/column.ts';

/** The columns of `kubectl get nodes [-o wide]`. */
export const NODE_COLUMNS: readonly Column[] = [
  NAME,
  column('Status', statusOf),
  column('Roles', rolesOf),
  AGE,
  textAt('Version', 'status.nodeInfo.kubeletVersion', ''),
  column('Internal-IP', (node) => addressOf(node, 'InternalIP'), 1),
  column('External-IP', (node) => addressOf(node, 'ExternalIP'), 1),
  textAt('OS-Image', 'status.nodeInfo.osImage', '<unknown>', 1),
  textAt('Kernel-Version', 'status.nodeInfo.kernelVersion', '<unknown>', 1),
  textAt('Container-Runtime', 'status.nodeInfo.containerRuntimeVersion', '<unknown>', 1),
];

function statusOf(node: KubeObject): string {
  const ready = listAt(node, 'status', 'conditions').find(
    (condition) => stringAt(condition, 'type') === 'Ready',
  );
  const readiness =
    ready === undefined ? 'Unknown' : stringAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
  return valueAt(node, 'spec', 'unschedulable') === true
    ? `${readiness},SchedulingDisabled`
    : readiness;
}

function rolesOf(node: KubeObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(node.metadata.labels ?? {})
    .filter((label) => label.startsWith(prefix))
    .map((label) => label.slice(prefix.length));
  return roles.length === 0 ? '<none>' : roles.sort().join(',');
}

function addressOf(node: KubeObject, type: string): string {
  const address = listAt(node, 'status', 'addresses').find(
    (item) => stringAt(item, 'type') === type,
  );
  return stringAt(address, 'address') ?? '<none>';
}

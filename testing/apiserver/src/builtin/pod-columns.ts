import type { Json } from '../model/json.ts';
import { isObject, listAt, objectAt, stringAt, textOf, valueAt } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Column } from '../model/resource.ts';
import { AGE, column, NAME, textAt } from '../table/column.ts';
import { ageOf } from '../table/duration.ts';

/** The columns of `kubectl get pods [-o wide]`. */
export const POD_COLUMNS: readonly Column[] = [
  NAME,
  column('Ready', readyOf),
  column('Status', statusOf),
  column('Restarts', restartsOf),
  AGE,
  column(
    'IP',
    (pod) =>
      stringAt(listAt(pod, 'status', 'podIPs')[0], 'ip') ??
      stringAt(pod, 'status', 'podIP') ??
      '<none>',
    1,
  ),
  textAt('Node', 'spec.nodeName', '<none>', 1),
  textAt('Nominated Node', 'status.nominatedNodeName', '<none>', 1),
  column('Readiness Gates', readinessGatesOf, 1),
];

/** The columns of `kubectl get events`. */
export const EVENT_COLUMNS: readonly Column[] = [
  column('Last Seen', (event, now) =>
    ageOf(
      stringAt(event, 'series', 'lastObservedTime') ??
        stringAt(event, 'lastTimestamp') ??
        stringAt(event, 'eventTime') ??
        stringAt(event, 'firstTimestamp') ??
        event.metadata.creationTimestamp,
      now,
    ),
  ),
  textAt('Type', 'type', ''),
  textAt('Reason', 'reason', ''),
  column('Object', (event) => {
    const of = objectAt(event, 'involvedObject') ?? objectAt(event, 'regarding');
    return `${(stringAt(of, 'kind') ?? '').toLowerCase()}/${stringAt(of, 'name') ?? ''}`;
  }),
  column('Message', (event) =>
    (stringAt(event, 'message') ?? stringAt(event, 'note') ?? '').trim(),
  ),
  { ...NAME, priority: 1 },
];

function readyOf(pod: KubeObject): string {
  const ready = statuses(pod).filter((status) => valueAt(status, 'ready') === true).length;
  return `${String(ready)}/${String(listAt(pod, 'spec', 'containers').length)}`;
}

function statuses(pod: KubeObject): Json[] {
  return listAt(pod, 'status', 'containerStatuses');
}

/** The phase, or the reason that a container gives for not running, as kubectl has it. */
function statusOf(pod: KubeObject): string {
  if (pod.metadata.deletionTimestamp !== undefined) {
    return stringAt(pod, 'status', 'reason') === 'NodeLost' ? 'Unknown' : 'Terminating';
  }
  const waiting = statuses(pod)
    .map(containerReason)
    .find((reason) => reason !== undefined);
  return (
    waiting ?? stringAt(pod, 'status', 'reason') ?? stringAt(pod, 'status', 'phase') ?? 'Unknown'
  );
}

function containerReason(status: Json): string | undefined {
  const state = objectAt(status, 'state');
  for (const kind of ['waiting', 'terminated']) {
    const of = state?.[kind];
    if (!isObject(of)) {
      continue;
    }
    const reason = stringAt(of, 'reason');
    if (reason !== undefined && reason !== '') {
      return reason;
    }
    if (kind === 'terminated') {
      return `ExitCode:${textOf(valueAt(of, 'exitCode') ?? 0)}`;
    }
  }
  return undefined;
}

function restartsOf(pod: KubeObject): string {
  const count = statuses(pod).reduce<number>(
    (sum, status) => sum + Number(valueAt(status, 'restartCount') ?? 0),
    0,
  );
  return String(count);
}

function readinessGatesOf(pod: KubeObject): string {
  const gates = listAt(pod, 'spec', 'readinessGates');
  if (gates.length === 0) {
    return '<none>';
  }
  const conditions = listAt(pod, 'status', 'conditions');
  const met = gates.filter((gate) =>
    conditions.some(
      (condition) =>
        stringAt(condition, 'type') === stringAt(gate, 'conditionType') &&
        stringAt(condition, 'status') === 'True',
    ),
  );
  return `${String(met.length)}/${String(gates.length)}`;
}

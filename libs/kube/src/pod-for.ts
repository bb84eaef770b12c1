import type { Fault } from '@sallyport/api';
import type { Namespace, Pod } from '@sallyport/grouping';
import { addressesOf } from './addresses-of.ts';
import type { Observed } from './raw-object.ts';
import { itemsOf, labelsOf, metadataOf, propertiesOf, textOf } from './raw-object.ts';

/** The fields of a v1 Pod that selection needs. */
export function podFor(raw: unknown): Observed<Pod> {
  const { metadata, name } = metadataOf(raw);
  const { spec: rawSpec, status: rawStatus } = propertiesOf(raw);
  const [spec, status] = [propertiesOf(rawSpec), propertiesOf(rawStatus)];
  const namespace = textOf(metadata.namespace) ?? '';
  const nodeName = textOf(spec.nodeName);
  const faults: Fault[] = [];
  const addresses = itemsOf(status.podIPs).map((item, index) => ({
    field: `status.podIPs[${index}].ip`,
    value: propertiesOf(item).ip,
  }));
  return {
    object: {
      namespace,
      name,
      labels: labelsOf(metadata),
      ...(nodeName !== undefined && { nodeName }),
      ips: addressesOf(addresses, `Pod ${namespace}/${name}`, faults),
      phase: textOf(status.phase) ?? 'Pending',
      hostNetwork: spec.hostNetwork === true,
      terminating: textOf(metadata.deletionTimestamp) !== undefined,
    },
    faults,
  };
}

/** The fields of a v1 Namespace that selection needs. */
export function namespaceFor(raw: unknown): Observed<Namespace> {
  const { metadata, name } = metadataOf(raw);
  return { object: { name, labels: labelsOf(metadata) }, faults: [] };
}

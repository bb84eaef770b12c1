import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import { MAX_TUNNEL_ID, parseIp, renderFault } from '@sallyport/api';

/** Whoever reads it has an agent that has stopped following the controller. */
const REMEDY =
  'Run this agent and the controller in one version, and check that --controller-url leads to that controller.';

/** A value that is not checked yet, and its path in the object. */
interface Field {
  readonly object: string;
  readonly path: string;
  readonly value: unknown;
}

/**
 * Throws on anything but an EgressGroup whose addresses are addresses and whose tunnel id is one:
 * they become text that tools of the kernel read as root, and who sends them is not authenticated.
 * The agent then follows no group of the answer but keeps what it has: of a group that is not
 * understood it is not known whom it selects, so that leaving it out would not be safe.
 */
export function parseEgressGroup(raw: unknown): EgressGroup {
  const group = objectOf(raw, 'EgressGroup');
  const [tunnelID, gateway] = [propertyOf(group, 'tunnelID'), propertyOf(group, 'gateway')];
  if (
    !Number.isInteger(tunnelID.value) ||
    Number(tunnelID.value) < 1 ||
    Number(tunnelID.value) > MAX_TUNNEL_ID
  ) {
    refuse(tunnelID, `a number from 1 to ${MAX_TUNNEL_ID}`);
  }
  itemsOf(propertyOf(group, 'egressIPs')).forEach(checkIp);
  if (gateway.value !== undefined) {
    checkIp(propertyOf(gateway, 'nodeIP'));
  }
  for (const member of itemsOf(propertyOf(group, 'groupMembers'))) {
    itemsOf(propertyOf(member, 'ips')).forEach(checkIp);
  }
  return raw as EgressGroup;
}

/**
 * Throws on anything but a ClusterNetwork. Its CIDRs are checked one by one where they are used.
 */
export function parseClusterNetwork(raw: unknown): ClusterNetwork {
  const network = objectOf(raw, 'ClusterNetwork');
  for (const name of ['podCIDRs', 'serviceCIDRs']) {
    itemsOf(propertyOf(network, name));
  }
  for (const node of itemsOf(propertyOf(network, 'nodes'))) {
    itemsOf(propertyOf(node, 'ips'));
  }
  return raw as ClusterNetwork;
}

/** Checks what tells a wrong server or version: kind and name. */
function objectOf(raw: unknown, kind: string): Field {
  const object = raw as {
    readonly kind?: unknown;
    readonly metadata?: { readonly name?: unknown };
  } | null;
  if (
    typeof object !== 'object' ||
    object?.kind !== kind ||
    typeof object.metadata?.name !== 'string'
  ) {
    throw new Error(
      `expected an object of kind ${kind} with a name, got ${JSON.stringify(raw).slice(0, 200)}. ${REMEDY}`,
    );
  }
  return { object: `${kind} ${object.metadata.name}`, path: '', value: raw };
}

function propertyOf({ object, path, value }: Field, name: string): Field {
  return {
    object,
    path: path === '' ? name : `${path}.${name}`,
    value: (value as Readonly<Record<string, unknown>> | null | undefined)?.[name],
  };
}

function refuse({ object, path, value }: Field, expected: string): never {
  throw new Error(renderFault({ object, field: path, value, expected, remedy: REMEDY }));
}

function itemsOf(list: Field): readonly Field[] {
  const { object, path, value } = list;
  return Array.isArray(value)
    ? value.map((item: unknown, index) => ({ object, path: `${path}[${index}]`, value: item }))
    : refuse(list, 'a list');
}

function checkIp(field: Field): void {
  if (typeof field.value !== 'string' || parseIp(field.value) !== field.value) {
    refuse(field, 'an IP address');
  }
}

import { MAX_TUNNEL_ID, parseIp, type ClusterNetwork, type EgressGroup } from '@sallyport/api';

/** Checks what tells a wrong server or version: kind and name. */
const objectOf = <T extends { readonly kind: string }>(raw: unknown, kind: T['kind']): T => {
  const object = raw as Partial<T> & { readonly metadata?: { readonly name?: unknown } };
  if (typeof raw !== 'object' || raw === null || object.kind !== kind || typeof object.metadata?.name !== 'string')
    throw new Error(`expected an object of kind ${kind} with a name, got ${JSON.stringify(raw).slice(0, 200)}`);
  return raw as T;
};

/**
 * Throws on anything but an EgressGroup whose addresses are addresses and whose tunnel id is one: they become text that tools of the
 * kernel read as root, and who sends them is not authenticated.
 */
export const parseEgressGroup = (raw: unknown): EgressGroup => {
  const group = objectOf<EgressGroup>(raw, 'EgressGroup');
  const { metadata, tunnelID, egressIPs, gateway, groupMembers } = group;
  const addresses: readonly unknown[] = [
    ...egressIPs,
    ...(gateway === undefined ? [] : [gateway.nodeIP]),
    ...groupMembers.flatMap(({ ips }) => ips),
  ];
  const wrong = addresses.find((address) => typeof address !== 'string' || parseIp(address) !== address);
  if (wrong !== undefined)
    throw new Error(`EgressGroup ${metadata.name}: expected an IP address, got ${JSON.stringify(wrong)}`);
  if (!Number.isInteger(tunnelID) || tunnelID < 1 || tunnelID > MAX_TUNNEL_ID)
    throw new Error(
      `EgressGroup ${metadata.name}: expected a tunnelID from 1 to ${MAX_TUNNEL_ID}, got ${JSON.stringify(tunnelID)}`,
    );
  return group;
};

/** Throws on anything but a ClusterNetwork. Its CIDRs are checked one by one where they are used. */
export const parseClusterNetwork = (raw: unknown): ClusterNetwork => objectOf<ClusterNetwork>(raw, 'ClusterNetwork');

import type { Egress } from './egress.ts';
import type { FaultReport } from './fault.ts';
import type { IpFamily } from './ip.ts';
import { ipFamilies, ipFamily, parseIp } from './ip.ts';
import { A_POOL_NAME, isPoolName } from './syntax.ts';

const AN_ADDRESS = 'an IPv4 or IPv6 address';
const REMEDY =
  'Write one address in full, such as 10.0.10.8 or fd00::8: no prefix length, zone or leading zeros.';

/**
 * The addresses and pools of an Egress's `spec`: the singular fields or the plural ones, never
 * both.
 */
export function addressesFor(
  spec: Readonly<Record<string, unknown>>,
  report: FaultReport,
): Pick<Egress, 'egressIPs' | 'externalIPPools'> {
  const singular = ['egressIP', 'externalIPPool'].filter((field) => isGiven(spec[field]));
  const plural = ['egressIPs', 'externalIPPools'].filter((field) => isGiven(spec[field]));
  const given = [...singular, ...plural];
  const values = Object.fromEntries(given.map((field) => [field, spec[field]]));
  if (given.length === 0) {
    report.add(
      'spec',
      undefined,
      'egressIP, egressIPs, externalIPPool or externalIPPools',
      'Give one of them.',
    );
  }
  if (singular.length > 0 && plural.length > 0) {
    const remedy = `${given.join(' and ')} are mutually exclusive: keep the singular fields or the plural ones.`;
    report.add(
      'spec',
      values,
      'either egressIP and externalIPPool, or egressIPs and externalIPPools',
      remedy,
    );
    return { egressIPs: [], externalIPPools: [] };
  }
  return {
    egressIPs: [...egressIPsFor(spec, report)].sort((a, b) => familyOrder(a) - familyOrder(b)),
    externalIPPools: poolsFor(spec, report),
  };
}

/** Empty counts as absent, as in the rules of the CRD: Go clients leave unused strings empty. */
function isGiven(value: unknown): boolean {
  return Array.isArray(value)
    ? value.some(isGiven)
    : value !== undefined && value !== null && value !== '';
}

function egressIPsFor(
  spec: Readonly<Record<string, unknown>>,
  report: FaultReport,
): readonly string[] {
  const ips = new Map<IpFamily, string>();
  for (const [field, value] of itemsOf(spec, 'egressIP', 'egressIPs', report)) {
    const ip = typeof value === 'string' ? parseIp(value) : undefined;
    const other = ip === undefined ? undefined : ips.get(ipFamily(ip));
    if (ip === undefined) {
      report.add(field, value, AN_ADDRESS, REMEDY);
    } else if (other === undefined) {
      ips.set(ipFamily(ip), ip);
    } else {
      report.add(
        field,
        value,
        `one address of each family, not ${other} as well`,
        `Keep one ${ipFamily(ip)} address.`,
      );
    }
  }
  return [...ips.values()];
}

/** The values of the singular or the plural field, each with its path, without empty texts. */
function itemsOf(
  spec: Readonly<Record<string, unknown>>,
  singular: string,
  plural: string,
  report: FaultReport,
): readonly (readonly [field: string, value: unknown])[] {
  if (isGiven(spec[singular])) {
    return [[`spec.${singular}`, spec[singular]]];
  }
  const list = spec[plural];
  if (!isGiven(list)) {
    return [];
  }
  if (!Array.isArray(list)) {
    report.add(
      `spec.${plural}`,
      list,
      'a list',
      `Write each item on a line of its own, or use ${singular}.`,
    );
    return [];
  }
  return list
    .map((value: unknown, index) => [`spec.${plural}[${index}]`, value] as const)
    .filter(([, value]) => isGiven(value));
}

function familyOrder(ip: string): number {
  return ipFamilies.indexOf(ipFamily(ip));
}

function poolsFor(spec: Readonly<Record<string, unknown>>, report: FaultReport): readonly string[] {
  return itemsOf(spec, 'externalIPPool', 'externalIPPools', report).flatMap(([field, value]) => {
    if (isPoolName(value)) {
      return [value];
    }
    report.add(field, value, A_POOL_NAME, 'Write the name of the pool.');
    return [];
  });
}

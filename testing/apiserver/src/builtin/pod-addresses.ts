import { isIP } from 'node:net';
import type { JsonObject } from '../model/json.ts';
import { listAt, objectAt, stringAt } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { FieldError } from '../model/status-error.ts';
import { invalidValue } from '../model/status-error.ts';

/**
 * `podIP` and the first of `podIPs` are one value: a write of one of them changes the other, and
 * where both were written `podIPs` counts.
 */
export function alignPodAddresses(pod: KubeObject, old: KubeObject): void {
  const status = objectAt(pod, 'status');
  if (status === undefined) {
    return;
  }
  const ip = stringAt(status, 'podIP') ?? '';
  const first = stringAt(listAt(status, 'podIPs')[0], 'ip') ?? '';
  if (ip === first) {
    return;
  }
  const isFirstNew = first !== (stringAt(listAt(old, 'status', 'podIPs')[0], 'ip') ?? '');
  if (first !== '' && (isFirstNew || ip === '')) {
    status.podIP = first;
  } else {
    setAddress(status, ip);
  }
}

/** The faults of the addresses in a Pod's status. */
export function podAddressFaults(pod: KubeObject): FieldError[] {
  const addresses = listAt(pod, 'status', 'podIPs').map((item) => stringAt(item, 'ip') ?? '');
  const faults = addresses.flatMap((ip, index) =>
    addressFaults(ip, `status.podIPs[${String(index)}]`),
  );
  const bad = addresses.findIndex((ip) => isIP(withoutZeros(ip)) === 0);
  if (addresses.length > 1 && bad >= 0) {
    faults.push({
      reason: 'InternalError',
      field: 'status.podIPs',
      message: `Internal error: failed to check for dual stack with error:invalid IP[${String(bad)}]: ${addresses[bad] ?? ''}`,
    });
  }
  const families = addresses.map(isIP);
  if (
    addresses.length > 1 &&
    !(families.includes(4) && families.includes(6) && families.length === 2)
  ) {
    faults.push(
      invalidValue(
        'status.podIPs',
        addresses.map((ip) => ({ IP: ip })),
        'may specify no more than one IP for each IP family',
      ),
    );
  }
  return faults;
}

function setAddress(status: JsonObject, ip: string): void {
  if (ip === '') {
    delete status.podIPs;
  } else {
    status.podIPs = [{ ip }];
  }
}

function addressFaults(ip: string, field: string): FieldError[] {
  if (isIP(ip) !== 0) {
    return [];
  }
  return isIP(withoutZeros(ip)) === 4
    ? [invalidValue(field, ip, 'must not have leading 0s')]
    : [invalidValue(field, ip, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
}

function withoutZeros(ip: string): string {
  return ip.replace(/(^|\.)0+(?=\d)/g, '$1');
}

import { renderFault } from '@sallyport/api';
import { supportedIpsOf } from '@sallyport/placement';
import type { StatusInput } from './status-input.ts';
import { unsupportedTraffic } from './traffic-texts.ts';
import type { Verdict } from './verdict.ts';
import { verdict } from './verdict.ts';

/** Whether the Egress has an egress IP. */
export function ipAllocatedCondition({ egress, faults }: StatusInput): Verdict {
  const { egressIPs, externalIPPools } = egress;
  const [ip] = supportedIpsOf(egress);
  if (ip !== undefined) {
    const ignored = externalIPPools.length === 0 ? [] : ['this version ignores its pools'];
    const message = [`spec gives ${ip}`, ...ignored, ...unsupportedTraffic(egress)].join('; ');
    return verdict('IPAllocated', 'Static', message);
  }
  if (egressIPs.length > 0) {
    const message = [...unsupportedTraffic(egress), 'give an IPv4 egressIP'].join('; ');
    return verdict('IPAllocated', 'IPv6NotSupported', message);
  }
  if (faults.length > 0) {
    return verdict('IPAllocated', 'Invalid', faults.map(renderFault).join(' '));
  }
  const pools = externalIPPools.join(', ');
  const message = `this version does not support pools (${pools}): give an egressIP that is on an interface of a Node`;
  return verdict('IPAllocated', 'PoolsNotSupported', message);
}

import { ipFamily, renderFault } from '@sallyport/api';
import type { StatusInput, Verdict } from './plan-status.ts';

/** Does the Egress have an IP? */
export const ipAllocatedCondition = ({ egress, faults }: StatusInput): Verdict => {
  const { egressIPs, externalIPPools } = egress;
  const supported = egressIPs.filter((ip) => ipFamily(ip) === 'IPv4');
  if (supported.length > 0) {
    const ignored = externalIPPools.length === 0 ? '' : '; this version ignores its pools';
    return { status: 'True', reason: 'Static', message: `spec names ${supported.join(', ')}${ignored}` };
  }
  if (egressIPs.length > 0) {
    const message = `this version does not support IPv6: ${egressIPs.join(', ')}; give an IPv4 egressIP`;
    return { status: 'False', reason: 'IPv6NotSupported', message };
  }
  if (faults.length > 0) {
    return { status: 'False', reason: 'Invalid', message: faults.map(renderFault).join(' ') };
  }
  const pools = externalIPPools.join(', ');
  const message = `this version does not support pools (${pools}): give an egressIP that is on an interface of a Node`;
  return { status: 'False', reason: 'PoolsNotSupported', message };
};

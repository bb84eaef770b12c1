import { renderFault } from '@sallyport/api';
import { servedIpsOf } from '../holders/served.ts';
import type { StatusInput, Verdict } from './plan-status.ts';
import { IPV6_NOT_SUPPORTED, unserved } from './unserved.ts';

/** Does the Egress have an IP? */
export function ipAllocatedCondition({ egress, faults }: StatusInput): Verdict {
  const { egressIPs, externalIPPools } = egress;
  const [served] = servedIpsOf(egress);
  if (served !== undefined) {
    const ignored = externalIPPools.length === 0 ? [] : ['this version ignores its pools'];
    return {
      status: 'True',
      reason: 'Static',
      message: [`spec names ${served}`, ...ignored, ...unserved(egress)].join('; '),
    };
  }
  if (egressIPs.length > 0) {
    const message = [...unserved(egress), 'give an IPv4 egressIP'].join('; ');
    return { status: 'False', reason: IPV6_NOT_SUPPORTED, message };
  }
  if (faults.length > 0) {
    return { status: 'False', reason: 'Invalid', message: faults.map(renderFault).join(' ') };
  }
  const pools = externalIPPools.join(', ');
  const message = `this version does not support pools (${pools}): give an egressIP that is on an interface of a Node`;
  return { status: 'False', reason: 'PoolsNotSupported', message };
}

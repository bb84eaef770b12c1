import type { Egress } from '@sallyport/api';
import { cidrContains } from '@sallyport/api';
import { SEVERAL_NODES } from '../holders/holders-for.ts';
import { steers } from '../holders/served.ts';
import { listed } from './listed.ts';
import type { StatusInput, Verdict } from './plan-status.ts';
import { unserved } from './unserved.ts';

/** Does one Node hold the IP? */
export function ipAssignedCondition({
  holder,
  egress,
  network,
  previous,
}: StatusInput): Verdict | 'Undecided' {
  const meanwhile = withoutGateway(egress);
  switch (holder.kind) {
    case 'One':
      return {
        status: 'True',
        reason: 'Assigned',
        message: `Node ${holder.nodeName} holds ${holder.ip}`,
      };
    case 'NoIP':
      return {
        status: 'False',
        reason: 'NoIP',
        message: `there is no IP, see IPAllocated; ${meanwhile}`,
      };
    case 'Nobody': {
      const { reason, message } = nobody(holder.ip, network);
      return { status: 'False', reason, message: `${message}; ${meanwhile}` };
    }
    case 'Several': {
      const message = `Nodes ${listed(holder.nodeNames)} all hold ${holder.ip}: remove it from all but one; ${meanwhile}`;
      return { status: 'False', reason: SEVERAL_NODES, message };
    }
    case 'Unreachable': {
      const message = `Node ${holder.nodeName} holds ${holder.ip}, but has no IPv4 InternalIP to tunnel to; ${meanwhile}`;
      return { status: 'False', reason: 'NoInternalIP', message };
    }
    case 'Unknown': {
      // Nodes report within seconds of our start: what was wrong before is more likely than
      // anything we could say now.
      if (
        previous.conditions?.some(
          ({ type, status }) => type === 'IPAssigned' && status === 'False',
        ) === true
      ) {
        return 'Undecided';
      }
      const message = `waiting for Nodes ${listed(holder.waitingFor)} to report their addresses`;
      return { status: 'Unknown', reason: 'WaitingForNodes', message };
    }
  }
}

/** What becomes of the Pods' traffic without a gateway, as the end of a sentence. */
export function withoutGateway(egress: Egress): string {
  const meanwhile =
    egress.unavailable === 'Drop'
      ? 'until then external IPv4 traffic of the selected Pods is dropped'
      : 'until then external IPv4 traffic of the selected Pods leaves from the IPs of their Nodes';
  return [...(steers(egress) ? [meanwhile] : []), ...unserved(egress)].join('; ');
}

/**
 * What to do about an IP that no Node reports: some a Node does not report although it may have
 * them.
 */
function nobody(
  ip: string,
  { podCIDRs, serviceCIDRs }: StatusInput['network'],
): { reason: string; message: string } {
  const holding = (cidrs: readonly string[]): string | undefined =>
    cidrs.find((cidr) => cidrContains(cidr, ip));
  const serviceCIDR = holding(serviceCIDRs);
  if (serviceCIDR !== undefined) {
    const message = `${ip} is an address of a Service, in ${serviceCIDR} (--service-cidrs): choose another egressIP`;
    return { reason: 'InServiceCIDR', message };
  }
  const podCIDR = holding(podCIDRs);
  const where =
    podCIDR === undefined
      ? 'an interface of one Node'
      : `the interface of one Node that has its InternalIP, as on others an address in the Pod CIDR ${podCIDR} is a Pod's`;
  return { reason: 'NoNode', message: `no Node holds ${ip}: add it to ${where}` };
}

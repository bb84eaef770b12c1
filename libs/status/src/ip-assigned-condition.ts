import { cidrContains } from '@sallyport/api';
import { SEVERAL_NODES } from '@sallyport/placement';
import { joinNames } from './join-names.ts';
import type { StatusInput } from './status-input.ts';
import { trafficWithoutGateway } from './traffic-texts.ts';
import type { Verdict } from './verdict.ts';
import { verdict } from './verdict.ts';

/** Whether the egress IP is assigned to one Node; undecided: leave the condition as it is. */
export function ipAssignedCondition(input: StatusInput): Verdict | 'undecided' {
  const { placement, egress, previous } = input;
  const meanwhile = trafficWithoutGateway(egress);
  switch (placement.kind) {
    case 'one':
      return verdict(
        'IPAssigned',
        'Assigned',
        `${placement.ip} is assigned to Node ${placement.nodeName}`,
      );
    case 'no-ip':
      return verdict('IPAssigned', 'NoIP', `there is no egress IP, see IPAllocated; ${meanwhile}`);
    case 'none':
      return noNode(placement.ip, input);
    case 'several': {
      const message = `Nodes ${joinNames(placement.nodeNames)} all have ${placement.ip}: remove it from all but one; ${meanwhile}`;
      return verdict('IPAssigned', SEVERAL_NODES, message);
    }
    case 'unreachable': {
      const message = `Node ${placement.nodeName} has ${placement.ip}, but no IPv4 InternalIP to which other Nodes can tunnel; ${meanwhile}`;
      return verdict('IPAssigned', 'NoInternalIP', message);
    }
    case 'unknown': {
      // Nodes report within seconds of our start: until then the earlier fault is the best answer.
      if (
        previous.conditions?.some(
          ({ type, status }) => type === 'IPAssigned' && status === 'False',
        ) === true
      ) {
        return 'undecided';
      }
      const message = `waiting for Nodes ${joinNames(placement.waitingFor)} to report their addresses`;
      return verdict('IPAssigned', 'WaitingForNodes', message);
    }
  }
}

/** No Node reports the IP. Some addresses are not reported even though a Node may have them. */
function noNode(ip: string, { egress, network }: StatusInput): Verdict {
  const meanwhile = trafficWithoutGateway(egress);
  const around = (cidrs: readonly string[]): string | undefined =>
    cidrs.find((cidr) => cidrContains(cidr, ip));
  const serviceCIDR = around(network.serviceCIDRs);
  if (serviceCIDR !== undefined) {
    const message = `${ip} is an address of a Service, in ${serviceCIDR} (--service-cidrs): choose another egressIP; ${meanwhile}`;
    return verdict('IPAssigned', 'InServiceCIDR', message);
  }
  const podCIDR = around(network.podCIDRs);
  const where =
    podCIDR === undefined
      ? 'add it to an interface of one Node'
      : `add it to the interface that carries a Node's InternalIP; on any other interface an address in Pod CIDR ${podCIDR} is taken for a Pod's`;
  return verdict('IPAssigned', 'NoNode', `no Node has ${ip}: ${where}; ${meanwhile}`);
}

import type { Egress } from '@sallyport/api';
import { SEVERAL_NODES } from '../holders/holders-for.ts';
import { listed } from './listed.ts';
import type { StatusInput, Verdict } from './plan-status.ts';

/** What becomes of the Pods' traffic without a gateway, as the end of a sentence. */
export const withoutGateway = ({ unavailable }: Egress): string =>
  unavailable === 'Drop'
    ? 'until then external traffic of the selected Pods is dropped'
    : 'until then external traffic of the selected Pods leaves from the IPs of their Nodes';

/** Does one Node hold the IP? */
export const ipAssignedCondition = ({ holder, egress, previous }: StatusInput): Verdict | 'Undecided' => {
  const meanwhile = withoutGateway(egress);
  switch (holder.kind) {
    case 'One':
      return { status: 'True', reason: 'Assigned', message: `Node ${holder.nodeName} holds ${holder.ip}` };
    case 'NoIP':
      return { status: 'False', reason: 'NoIP', message: `there is no IP, see IPAllocated; ${meanwhile}` };
    case 'Nobody': {
      const message = `no Node holds ${holder.ip}: add it to an interface of one Node; ${meanwhile}`;
      return { status: 'False', reason: 'NoNode', message };
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
      // Nodes report within seconds of our start: what was wrong before is more likely than anything we could say now.
      if (previous.conditions?.some(({ type, status }) => type === 'IPAssigned' && status === 'False') === true)
        return 'Undecided';
      const message = `waiting for Nodes ${listed(holder.waitingFor)} to report their addresses`;
      return { status: 'Unknown', reason: 'WaitingForNodes', message };
    }
  }
};

import { applyToConntrack } from '@sallyport/conntrack/testing';
import { defaultMarks, GATEWAY_PORT } from '@sallyport/dataplane';
import { changeFor } from '@sallyport/netfilter';
import { applyToNetfilter } from '@sallyport/netfilter/testing';
import { applyToOvs } from '@sallyport/ovs/testing';
import { applyToRouting, NEW_GATEWAY_LINK } from '@sallyport/rtnetlink/testing';
import type { Operation, World } from './world.ts';
import { withTables } from './world.ts';

/** The Node after one operation. Throws where the kernel, OVS or the tools would refuse it. */
export function applyOperation(world: World, operation: Operation): World {
  if ('rule' in operation || 'route' in operation) {
    return { ...world, routing: applyToRouting(world.routing, operation) };
  }
  switch (operation.op) {
    case 'delete-port':
    case 'ovs-bundle':
      return { ...world, ovs: applyToOvs(world.ovs, operation) };
    case 'ensure-bridge': {
      // The internal port is a device of the kernel.
      const { gatewayLink = NEW_GATEWAY_LINK } = world.routing;
      return {
        ...world,
        ovs: applyToOvs(world.ovs, operation),
        routing: { ...world.routing, gatewayLink: { ...gatewayLink, mac: GATEWAY_PORT.mac } },
      };
    }
    case 'update-sets':
    case 'nft-rules':
      return applyToSets(world, operation);
    case 'iptables-restore':
      return { ...world, ...applyToNetfilter(world, operation, defaultMarks) };
    case 'delete-connections':
      return {
        ...world,
        connections: applyToConntrack(world.connections, operation, defaultMarks),
      };
    case 'set-gateway-link':
      return {
        ...world,
        ovs: applyToOvs(world.ovs, operation),
        routing: applyToRouting(world.routing, operation),
      };
    case 'set-source-check':
    case 'set-neighbor':
      return { ...world, routing: applyToRouting(world.routing, operation) };
  }
}

/** Both backends understand these operations. */
function applyToSets(world: World, operation: Parameters<typeof changeFor>[1]): World {
  return world.nft === undefined
    ? { ...world, ...applyToNetfilter(world, operation, defaultMarks) }
    : withTables(world, changeFor(world.nft, operation, defaultMarks).tables);
}

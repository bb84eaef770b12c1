import type { ClusterNetwork } from '@sallyport/api';
import type { InterfaceAddress } from '@sallyport/dataplane';
import { GATEWAY_PORT } from '@sallyport/dataplane';
import { reportableAddresses } from '@sallyport/dataplane';
import { nodeIpOf } from '../pass/dataplane-pass.ts';
import type { PassOutcome } from '../pass/pass-outcome.ts';
import type { Findings } from './bounded-findings.ts';
import { boundedFindings } from './bounded-findings.ts';

/** The Node's addresses as the kernel has them, before the selection of reportable ones. */
export interface FindingsInput {
  readonly nodeName: string;
  readonly network: ClusterNetwork;
  readonly addresses: readonly InterfaceAddress[];
  readonly outcome: PassOutcome;
}

/** The addresses of the Node and its progress, within the bounds of the controller. */
export function findingsFor({ nodeName, network, addresses, outcome }: FindingsInput): Findings {
  const { realized, failure, faults } = outcome;
  const { podCIDRs, serviceCIDRs } = network;
  return boundedFindings({
    addresses: reportableAddresses(addresses, {
      podCIDRs,
      serviceCIDRs,
      nodeIP: nodeIpOf(network, nodeName),
      ownDevices: [GATEWAY_PORT.name],
    }),
    realizedResourceVersion: realized.groups,
    realizedNetworkVersion: realized.network,
    ...(failure === undefined ? {} : { failure }),
    faults,
  });
}

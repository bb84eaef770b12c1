import type { Egress } from '@sallyport/api';
import { hasSupportedFamily, unsupportedIpsOf } from '@sallyport/placement';

/** The end of a message: the handling of the Pods' traffic while there is no gateway. */
export function trafficWithoutGateway(egress: Egress): string {
  const meanwhile =
    egress.unavailable === 'Drop'
      ? 'until then external IPv4 traffic of the selected Pods is dropped'
      : 'until then external IPv4 traffic of the selected Pods leaves from the IPs of their Nodes';
  return [...(hasSupportedFamily(egress) ? [meanwhile] : []), ...unsupportedTraffic(egress)].join(
    '; ',
  );
}

/** A text about the egress IPs of families that are neither redirected nor dropped, if any. */
export function unsupportedTraffic(egress: Egress): readonly string[] {
  const ips = unsupportedIpsOf(egress);
  return ips.length === 0
    ? []
    : [
        `this version does not use ${ips.join(', ')}: IPv6 traffic of the selected Pods leaves as if there were no Egress`,
      ];
}

import type { InterfaceAddress } from '@sallyport/dataplane';
import type { rt } from 'netlink';
import { ipFromBytes } from './inet.ts';

/**
 * Joins addresses with their devices; an address whose device has gone meanwhile is left out. The
 * same holds for an IPv6 address that another host may have. The kernel still asks for a tentative
 * one, and has found a dadfailed one in use; it sends from neither.
 */
export function interfaceAddressesFor(
  links: readonly rt.LinkMessage[],
  addresses: readonly rt.AddressMessage[],
): readonly InterfaceAddress[] {
  const byIndex = new Map(links.map((link) => [link.data.index, link]));
  return addresses.flatMap(({ data, attrs }) => {
    const link = byIndex.get(data.index);
    // On a point-to-point link `address` is the peer's; without `local` both are the same.
    const own = attrs.local ?? attrs.address;
    if (link?.attrs.ifname === undefined || own === undefined || isDoubtful(data.flags)) {
      return [];
    }
    return {
      ip: ipFromBytes(own),
      device: link.attrs.ifname,
      up: link.data.flags?.up === true,
      loopback: link.data.flags?.loopback === true,
      mtu: link.attrs.mtu ?? 0,
    };
  });
}

/** The first eight flags, which the header of the message has, are enough. */
function isDoubtful(flags: rt.AddressFlags | undefined): boolean {
  return flags?.dadfailed === true || (flags?.tentative === true && flags.optimistic !== true);
}

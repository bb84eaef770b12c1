import type { rt } from 'netlink';
import { ipFromBytes } from './inet.ts';

/** One IPv4 address and the device that has it. */
export interface InterfaceAddress {
  readonly ip: string;
  readonly device: string;
  /**
   * Whether the device is administratively up: the kernel does not answer for the addresses of one
   * that is down.
   */
  readonly up: boolean;
  readonly loopback: boolean;
  /** In bytes. */
  readonly mtu: number;
}

/** Joins addresses with their devices; an address whose device has gone meanwhile is left out. */
export function interfaceAddressesFor(
  links: readonly rt.LinkMessage[],
  addresses: readonly rt.AddressMessage[],
): readonly InterfaceAddress[] {
  const byIndex = new Map(links.map((link) => [link.data.index, link]));
  return addresses.flatMap(({ data, attrs }) => {
    const link = byIndex.get(data.index);
    // On a point-to-point link `address` is the peer's; without `local` both are the same.
    const own = attrs.local ?? attrs.address;
    if (link?.attrs.ifname === undefined || own === undefined) {
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

import type { InterfaceAddress } from '@sallyport/dataplane';
import type { Clock } from '@sallyport/reconcile';
import { createRunner } from '@sallyport/reconcile';
import type { RtNetlinkSocket } from 'netlink';
import { interfaceAddressesFor } from './interface-address.ts';
import { ofBothFamilies } from './of-both-families.ts';
import { NETLINK_REQUEST, openSocket } from './open-socket.ts';

/** No call-back follows after `close` has resolved. */
export interface WatchAddressesOptions {
  /** Gets the whole list: once at the start, then after each change of an address or a device. */
  readonly onChange: (addresses: readonly InterfaceAddress[]) => void;
  /** A list could not be read; it is tried again by itself. */
  readonly onError: (error: unknown) => void;
  readonly clock: Clock;
}

/** An open netlink socket; close it, or the process does not end. */
export interface AddressWatch {
  close(): Promise<void>;
}

/**
 * A burst of changes is read in lists at least this far apart, in milliseconds; the first change of
 * a burst is read at once.
 */
const MIN_INTERVAL_MS = 20;

/**
 * Watches the addresses of this network namespace. Each notification of the kernel leads to a
 * new list, and so does a report of lost ones (ENOBUFS). Nothing relies on them to be complete.
 */
export function watchAddresses({ onChange, onError, clock }: WatchAddressesOptions): AddressWatch {
  const notifications = openSocket({ ref: true });
  // A list is asked for on a socket of its own, where no notification gets between its parts.
  const requests = openSocket();
  const runner = createRunner({
    clock,
    onError,
    minIntervalMs: MIN_INTERVAL_MS,
    async reconcile() {
      onChange(await listAddresses(requests));
    },
  });
  const read = (): void => {
    runner.trigger();
  };
  notifications.on('message', read);
  notifications.on('invalid', read);
  notifications.socket.on('invalid', read);
  notifications.socket.on('error', read);
  requests.socket.on('error', read);
  // Subscribed before the first list: nothing falls between the two.
  notifications.addMembership('LINK');
  notifications.addMembership('IPV4_IFADDR');
  notifications.addMembership('IPV6_IFADDR');
  read();
  return {
    async close() {
      await runner.stop();
      notifications.socket.close();
      requests.socket.close();
    },
  };
}

async function listAddresses(socket: RtNetlinkSocket): Promise<readonly InterfaceAddress[]> {
  const links = await socket.getLinks({}, {}, NETLINK_REQUEST);
  const addresses = await ofBothFamilies((family) => {
    return socket.getAddresses({ family }, {}, NETLINK_REQUEST);
  });
  return interfaceAddressesFor(links, addresses);
}

import { hostInterface } from '../machine/first-process.ts';

/** A TCP port of the host's loopback, and the address of the guest's root namespace for it. */
export interface ExposedPort {
  readonly listen: { readonly ip: string; readonly port: number };
  readonly hostPort: number;
}

/** Addresses of QEMU's user network: that of the guest, and that of the host's loopback. */
export const userNetwork = { guest: '10.0.2.15/24', host: '10.0.2.2' } as const;

/**
 * An nftables script for the guest's root namespace; it replaces an earlier one. The given
 * addresses lead to the host's ports, and nothing else passes the interface to the host.
 */
export function hostPortRules(ports: readonly ExposedPort[]): string {
  const { host } = userNetwork;
  const map = ports
    .map(({ listen, hostPort }) => `${listen.ip} . ${listen.port} : ${host} . ${hostPort}`)
    .join(', ');
  const allowed = ports.map(({ hostPort }) => hostPort).join(', ');
  const redirect = `dnat ip to ip daddr . tcp dport map { ${map} }`;
  const toHost = `ip daddr ${host} tcp dport { ${allowed} } accept`;
  return `table ip sallyport_lab
delete table ip sallyport_lab
table ip sallyport_lab {
  chain prerouting {
    type nat hook prerouting priority dstnat
    ${redirect}
  }
  chain local {
    type nat hook output priority -100
    ${redirect}
  }
  chain postrouting {
    type nat hook postrouting priority srcnat
    oifname "${hostInterface}" masquerade
  }
  chain forward {
    type filter hook forward priority filter
    iifname "${hostInterface}" ct state established accept
    iifname "${hostInterface}" drop
    oifname != "${hostInterface}" accept
    ${toHost}
    drop
  }
  chain output {
    type filter hook output priority filter
    oifname != "${hostInterface}" accept
    ${toHost}
    drop
  }
}
`;
}

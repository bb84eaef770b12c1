export { bytesFromIp, canonicalIp, ipFromBytes } from './ip-text.ts';
export { NetlinkError, refusal } from './netlink-error.ts';
export * from './netlink-message.ts';
export { type NetfilterSocket, openNetfilterSocket } from './open-netfilter-socket.ts';

export { type Conntrack, openConntrack } from './open-conntrack.ts';
export { openNetfilterSocket } from './open-netfilter-socket.ts';

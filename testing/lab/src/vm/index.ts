export { bootGuest, UNTIL_OVS_WORKS } from './boot-guest.ts';
export type { Guest, GuestProcess } from './guest/guest.ts';

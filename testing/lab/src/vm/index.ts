export { bootGuest, type BootOptions, UNTIL_OVS_WORKS } from './boot-guest.ts';
export type {
  CommandOptions,
  CommandOutput,
  Guest,
  GuestProcess,
  ProcessEnd,
  ShellOptions,
  SpawnOptions,
} from './guest/guest.ts';
export { LabSetupError } from './image/lab-setup-error.ts';
export type { Share } from './machine/first-process.ts';
export { BootError } from './start-guest.ts';

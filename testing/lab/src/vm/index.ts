export { BootError } from './boot-error.ts';
export { bootGuest } from './boot-guest.ts';
export type {
  BootOptions,
  CommandOptions,
  CommandOutput,
  Guest,
  GuestProcess,
  ProcessEnd,
  Share,
  ShellOptions,
  SpawnOptions,
} from './guest.ts';
export { LabSetupError } from './lab-setup-error.ts';
export { UNTIL_OVS_WORKS } from './until-ovs-works.ts';

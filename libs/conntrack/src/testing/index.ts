export { ConntrackTable } from './conntrack-table.ts';
export { conntrackContract, type ConntrackSubject } from './contract.ts';
export type { NewConnection } from './creation-request.ts';
export { applyToConntrack, type FakeConnection, FakeConntrack } from './fake-conntrack.ts';

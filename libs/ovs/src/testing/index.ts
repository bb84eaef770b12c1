export { ovsContract } from './contract.ts';
export { evaluateFlows, type OvsOutcome, type OvsPacket } from './evaluate-flows.ts';
export { applyToOvs, EMPTY_OVS, FakeOvs } from './fake-ovs.ts';

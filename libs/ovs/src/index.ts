export { applyOvs, type OvsOperation } from './apply-ovs.ts';
export { observeOvs } from './observe-ovs.ts';
export type { OvsTarget } from './ovs-target.ts';

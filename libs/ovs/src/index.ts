export { readBridge } from './diff-bridge.ts';
export { openOvs, type Ovs } from './open-ovs.ts';
export type { OvsOperation } from './ovs-operation.ts';
export type { Flow, OvsState } from './ovs-state.ts';
export { removeBridge } from './remove-bridge.ts';
export { renderBridge } from './render-bridge.ts';
export { watchOvs } from './watch-ovs.ts';

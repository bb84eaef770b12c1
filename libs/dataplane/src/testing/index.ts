export { egressGroup, type GroupSketch, network, node, nodeIPs } from './scenario.ts';

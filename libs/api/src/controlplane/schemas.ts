export * from './cluster-network.ts';
export * from './egress-group.ts';
export * from './node-report.ts';
export * from './parser.ts';
export * from './status.ts';

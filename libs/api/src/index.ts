export * from './condition.ts';
export * from './controlplane/protocol.ts';
export type {
  ClusterNetwork,
  EgressGroup,
  Gateway,
  GroupMember,
  NodeReport,
  Status,
  StatusReason,
} from './controlplane/schemas.ts';
export * from './crd-object.ts';
export * from './describe-error.ts';
export * from './egress.ts';
export * from './egress-for.ts';
export * from './egress-resource.ts';
export { errorCodes } from './error-codes.ts';
export { type Fault, renderFault } from './fault.ts';
export * from './ip.ts';
export * from './label-selector.ts';

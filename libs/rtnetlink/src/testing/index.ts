export { routingContract, type RoutingSubject } from './contract.ts';
export { applyToRouting, EMPTY_ROUTING, FakeRouting, NEW_GATEWAY_LINK } from './fake-routing.ts';

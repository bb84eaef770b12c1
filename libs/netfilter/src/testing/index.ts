export { contains } from './contains.ts';
export { netfilterContract, type NetfilterSubject } from './contract.ts';
export { evaluateChain, type Packet, type Verdict } from './evaluate-chain.ts';
export {
  applyToNetfilter,
  EMPTY_NETFILTER,
  type FakeConnection,
  FakeNetfilter,
  type FakeNetfilterState,
} from './fake-netfilter.ts';

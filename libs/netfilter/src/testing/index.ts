export { contains } from './contains.ts';
export { netfilterContract } from './contract.ts';
export { evaluateChain, type Packet, type Verdict } from './evaluate-chain.ts';
export { applyToNetfilter, EMPTY_NETFILTER, FakeNetfilter } from './fake-netfilter.ts';
export { nftView } from './nft-view.ts';

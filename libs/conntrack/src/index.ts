export { type Conntrack, openConntrack } from './open-conntrack.ts';

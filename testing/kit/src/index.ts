export { bundleProgram } from './bundle-program.ts';
export { type FakeClock, fakeClock } from './fake-clock.ts';
export {
  createKubectl,
  type Following,
  type Kubectl,
  KubectlError,
  type KubectlOptions,
  type KubectlResult,
} from './kubectl.ts';
export { sampleEgress, samplePod } from './samples.ts';
export { waitFor } from './wait-for.ts';
export { workspaceRoot } from './workspace-root.ts';

export { buildImage } from './build-images.ts';
export { aptDownload } from './inputs/apt-download.ts';
export { downloadInputs } from './inputs/download-inputs.ts';
export { downloadNode } from './inputs/node-download.ts';
export { nodePackages } from './inputs/node-packages.ts';
export { SetupError } from './inputs/setup-error.ts';
export { unpackPackages } from './inputs/unpack-packages.ts';

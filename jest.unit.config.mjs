/** Every project's unit tests in one process. */
export default {
  projects: [
    '<rootDir>/{apps,libs,testing}/*/jest.config.mjs',
    '<rootDir>/{charts,e2e,images}/jest.config.mjs',
    '<rootDir>/tools/jest.config.mjs',
  ],
};

import preset from './jest.preset.mjs';

/** Sallyport in the lab, from kubectl to the packet on the wire. */
export default {
  ...preset,
  displayName: 'e2e',
  roots: ['<rootDir>/e2e'],
  testMatch: ['**/src/**/*.e2e.test.ts'],
  testPathIgnorePatterns: [],
  testTimeout: 300_000,
  maxWorkers: 1,
  reporters: ['default', '<rootDir>/tools/live-reporter.mjs'],
};

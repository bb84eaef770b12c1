import preset from './jest.preset.mjs';

/**
 * Tests on a real kernel, OVS, HTTP or kubectl. One file at a time, since each may boot a virtual
 * machine.
 */
export default {
  ...preset,
  displayName: 'integration',
  roots: ['apps', 'libs', 'testing', 'images', 'charts', 'e2e'].map((name) => `<rootDir>/${name}`),
  testMatch: ['**/src/**/*.int.test.ts'],
  testPathIgnorePatterns: [],
  // Longer than the waits of tests, so that a wait that fails says so in its own words.
  testTimeout: 120_000,
  maxWorkers: 1,
  reporters: ['default', '<rootDir>/tools/live-reporter.mjs'],
};

/**
 * Every package runs with this file (`--rootDir .`), and so does the whole repository at once.
 * There is no transform: jest has Node erase the types, so sources run as they are.
 * @type {import('jest').Config}
 */
export default {
  testMatch: ['<rootDir>/**/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  transform: {},
  verbose: false,
  // turbo runs a package on every processor already; a busy machine needs patience.
  maxWorkers: '50%',
  // A wait in vain ends by itself before that; what a test measures by the clock, it measures itself.
  testTimeout: 300_000 * Number(process.env['STELLA_TEST_PATIENCE'] ?? 1),
  coverageProvider: 'v8',
  coveragePathIgnorePatterns: ['/node_modules/', '/wire/gen/', '/test/'],
};

const swcOptions = require('./test/support/swc-options.cjs');

const common = {
  testEnvironment: 'node',
  runtime: '<rootDir>/test/support/shared-packages.cjs',
  sandboxInjectedGlobals: ['Math'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', swcOptions],
  },
  modulePathIgnorePatterns: [
    '<rootDir>/(cli/)?(dist|bundles|cdk.out|coverage|dist-packages)/',
    '<rootDir>/examples/.*/cdk.out/',
  ],
  moduleNameMapper: { '^cdk-greenlight$': '<rootDir>/lib/index.ts' },
};

const MAIN_JOB = 'test/scenarios/main-job.test.ts';

/**
 * Five projects: `unit`; `main-job`, the rehearsal that README begins with; `slow`, tests of a unit that take over 15 s;
 * `scenario` with all other whole rehearsals; and `stranger`, which clones the last commit into empty folders and installs
 * packages. `npm test` runs the first two, `npm run check` all but `stranger`, `.ci/run` all; `npx jest PATH` whatever is
 * below a path.
 * @type {import('jest').Config}
 */
module.exports = {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/(scenarios|stranger)/', '\\.slow\\.test\\.ts$'],
    },
    { ...common, displayName: 'slow', testMatch: ['<rootDir>/test/**/*.slow.test.ts'] },
    { ...common, displayName: 'main-job', testMatch: [`<rootDir>/${MAIN_JOB}`] },
    {
      ...common,
      displayName: 'scenario',
      testMatch: ['<rootDir>/test/scenarios/**/*.test.ts'],
      testPathIgnorePatterns: [`<rootDir>/${MAIN_JOB}`],
    },
    { ...common, displayName: 'stranger', testMatch: ['<rootDir>/test/stranger/**/*.test.ts'] },
  ],
  maxWorkers: 2,
  // A worker that has loaded the CDK frees a gigabyte; one that a test left something open in is still reported.
  workerGracefulExitTimeout: 15_000,
  testTimeout: 60_000,
  globalSetup: './test/support/run-directory.cjs',
  testSequencer: './test/support/longest-first.cjs',
  reporters: ['default', './tools/count-reporter.cjs'],
};

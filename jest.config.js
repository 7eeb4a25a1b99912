const common = {
  testEnvironment: 'node',
  sandboxInjectedGlobals: ['Math'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/(dist|bundles|cdk.out|coverage)/', '<rootDir>/examples/.*/cdk.out/'],
  moduleNameMapper: { '^cdk-greenlight$': '<rootDir>/lib/index.ts' },
};

/**
 * Two projects: `unit` runs on both cores; `scenario` holds whole rehearsals, which start processes of their own and
 * measure latencies, so `npm test` runs them one after the other.
 * @type {import('jest').Config}
 */
module.exports = {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/scenarios/'],
    },
    { ...common, displayName: 'scenario', testMatch: ['<rootDir>/test/scenarios/**/*.test.ts'] },
  ],
  maxWorkers: 2,
  testTimeout: 30_000,
  globalSetup: './test/support/run-directory.cjs',
  reporters: ['default', './tools/count-reporter.cjs'],
};

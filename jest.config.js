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
 * Two projects: `unit`, and `scenario` with whole rehearsals, which start processes of their own. They bear a loaded
 * machine, so two run at a time; `npm test` runs them after the units, which fail sooner.
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

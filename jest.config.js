/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  moduleNameMapper: { '^cdk-greenlight$': '<rootDir>/lib/index.ts' },
  // Two workers: a rehearsal starts processes of its own, and CI has two cores.
  maxWorkers: 2,
  testTimeout: 30_000,
  reporters: ['default', './tools/count-reporter.cjs'],
};

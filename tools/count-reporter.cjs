// A jest reporter that leaves each run's own counts in coverage/test-results/, for .ci/run.
const { mkdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

module.exports = class CountReporter {
  constructor(globalConfig) {
    this.folder = join(globalConfig.rootDir, 'coverage', 'test-results');
  }

  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites }) {
    mkdirSync(this.folder, { recursive: true });
    const counts = { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites };
    writeFileSync(join(this.folder, `${process.pid}.json`), JSON.stringify(counts));
  }
};

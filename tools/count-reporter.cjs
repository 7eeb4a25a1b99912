// A jest reporter that leaves each run's own counts and failures in coverage/test-results/, for .ci/run.
const { mkdirSync, writeFileSync } = require('node:fs');
const { join, relative } = require('node:path');
const { stripVTControlCharacters } = require('node:util');

const SHOWN = 3000;

/** A failure with the output of a command is long, and mostly says why at its end. */
function shortened(message) {
  const text = stripVTControlCharacters(message);
  if (text.length <= SHOWN) return text;
  return `${text.slice(0, SHOWN / 3)}\n[... ${text.length - SHOWN} characters ...]\n${text.slice((-SHOWN * 2) / 3)}`;
}

module.exports = class CountReporter {
  constructor(globalConfig) {
    this.rootDir = globalConfig.rootDir;
    this.folder = join(globalConfig.rootDir, 'coverage', 'test-results');
  }

  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, testResults }) {
    mkdirSync(this.folder, { recursive: true });
    const failures = testResults
      .filter(({ failureMessage }) => failureMessage)
      .map(({ testFilePath, failureMessage }) => ({
        file: relative(this.rootDir, testFilePath),
        message: shortened(failureMessage),
      }));
    const counts = { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, failures };
    writeFileSync(join(this.folder, `${process.pid}.json`), JSON.stringify(counts));
  }
};

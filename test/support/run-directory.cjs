const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/** Every temporary file of a run, the CDK's cloud assemblies too, lies in one directory that goes with the run. */
module.exports = () => {
  const directory = mkdtempSync(join(tmpdir(), 'greenlight-tests-'));
  process.env.TMPDIR = directory;
  process.on('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
};

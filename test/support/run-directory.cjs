const { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const PREFIX = 'greenlight-tests-';
const OWNER = 'owner';

function attempt(read) {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Whether the process that made a folder is gone. A folder without its note stays for a day. */
function isAbandoned(path) {
  const owner = Number(attempt(() => readFileSync(join(path, OWNER), 'utf8')));
  if (!owner) return Date.now() - (attempt(() => statSync(path).mtimeMs) ?? Date.now()) > 86_400_000;
  try {
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** On Linux. Whatever a run started has its folder in the environment, as TMPDIR or below it. */
function endProcesses(path) {
  for (const pid of attempt(() => readdirSync('/proc')) ?? []) {
    const environment = /^\d+$/.test(pid) && attempt(() => readFileSync(`/proc/${pid}/environ`, 'latin1'));
    if (environment && environment.includes(path)) attempt(() => process.kill(Number(pid), 'SIGKILL'));
  }
}

/** What runs that were killed have left. */
function sweep(folder) {
  for (const name of readdirSync(folder).filter((each) => each.startsWith(PREFIX))) {
    const path = join(folder, name);
    if (attempt(() => statSync(path).uid) !== process.getuid?.() || !isAbandoned(path)) continue;
    endProcesses(path);
    attempt(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  }
}

/** Every temporary file of a run, the CDK's cloud assemblies too, lies in one directory that goes with the run. */
module.exports = () => {
  sweep(tmpdir());
  const directory = mkdtempSync(join(tmpdir(), PREFIX));
  writeFileSync(join(directory, OWNER), String(process.pid));
  process.env.TMPDIR = directory;
  // Each response of the local AWS must be one of AWS's models: rehearsal/core/dispatch.ts.
  process.env.GREENLIGHT_CHECK_RESPONSES = '1';
  // Of test/support/synthesize-once.cjs.
  process.env.SYNTHESIZED_ASSEMBLIES = join(directory, 'assemblies');
  mkdirSync(process.env.SYNTHESIZED_ASSEMBLIES);
  process.on('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
};

// `node synthesize-once.cjs <program> <args>`: what `cdk --app` runs instead of a CDK app of this repository. The CLI's own
// request decides: the first one of its kind in a run of the tests runs the app, and the same request later gets a copy
// of that cloud assembly. Nothing is ever stale: the name of an assembly has the content of every source in it.
const { spawnSync } = require('node:child_process');
const { createHash, randomUUID } = require('node:crypto');
const { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync } = require('node:fs');
const { join, relative } = require('node:path');

const ROOT = join(__dirname, '..', '..');
/** No source of any app. */
const LEFT_OUT = new Set(['.git', 'node_modules', 'bundles', 'cdk.out', 'coverage', 'dist', 'docs']);
/** Of the environment, what an app's assembly may depend on. */
const IS_ASKED = /^(CDK_\w+|CONTEXT_OVERFLOW\w*|AWS_(DEFAULT_)?REGION)$/;
/** Where the CLI wants the assembly, what it keeps for itself, and what changes no assembly. */
const OF_ONE_RUN = /^CDK_(OUTDIR|ERROR_FILE|PERF_COUNTERS_FILE|HOME|DOCKER|DOCKER_CREDS_FILE|VALIDATION)$/;

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !LEFT_OUT.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
    });
}

function digest(start, folder) {
  const hash = createHash('sha256').update(JSON.stringify(start));
  for (const path of filesBelow(folder).sort()) {
    hash.update(`\0${relative(folder, path)}\0`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

const program = process.argv.slice(2);
const app = digest([process.version, program], ROOT);
const requested = Object.entries(process.env).filter(([name]) => IS_ASKED.test(name) && !OF_ONE_RUN.test(name));
const request = digest([app, relative(ROOT, process.cwd()).replace(/^\.\..*/, ''), requested.sort()], process.cwd());

/** The apps of the scenarios themselves, which nobody deploys and whose templates are made by the constructs of the others. */
const isFixture = program.some((argument) => argument.startsWith(join(ROOT, 'test', 'scenarios')));

/** As in a rehearsal of many releases: the CDK's built-in validation is most of a synthesis, and once for an app is enough. */
function isFirstOfItsApp(mark) {
  try {
    mkdirSync(mark);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function synthesize(folder, assembly) {
  const mark = join(folder, `validated-${app}`);
  const isValidated = process.env.CDK_VALIDATION !== 'false' && !isFixture && isFirstOfItsApp(mark);
  const validation = isValidated ? {} : { CDK_VALIDATION: 'false' };
  const [command, ...args] = program;
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...validation } });
  if (isValidated && status !== 0) rmdirSync(mark);
  if (error) throw error;
  if (status !== 0) return status ?? 1;
  const copy = join(folder, `copy-${randomUUID()}`);
  // The CLI's lock on the folder is its own.
  cpSync(process.env.CDK_OUTDIR, copy, { recursive: true, filter: (path) => !path.endsWith('.lock') });
  try {
    renameSync(copy, assembly);
  } catch (failure) {
    rmSync(copy, { recursive: true, force: true });
    // Another test was faster, with the same content.
    if (!existsSync(assembly)) throw failure;
  }
  return 0;
}

// Made for a run of the tests, and removed with it: test/support/run-directory.cjs.
const folder = process.env.SYNTHESIZED_ASSEMBLIES;
if (!folder) throw new Error('SYNTHESIZED_ASSEMBLIES must be the folder of the run');
const assembly = join(folder, request);
if (existsSync(assembly)) cpSync(assembly, process.env.CDK_OUTDIR, { recursive: true });
else process.exitCode = synthesize(folder, assembly);

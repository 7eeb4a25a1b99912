// Makes every package that a release publishes, in dist-packages/: the two npm packages, and by jsii-pacmak those of the other
// languages. Use: node tools/package.mjs [--require python,java,go]. A language whose tools are missing is named and left out; one
// that is required, or that cannot be built, is a failure.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { filesBelow } from './third-party.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const output = join(root, 'dist-packages');

/** What jsii-pacmak calls for each language. */
const TOOLS = {
  python: [['python3', '-m', 'venv', '--help']],
  java: [
    ['javac', '-version'],
    ['mvn', '--version'],
  ],
  dotnet: [['dotnet', '--version']],
  go: [['go', 'version']],
};

/** @returns the languages that `--require` names */
function requiredLanguages([flag, list, ...others]) {
  if (flag === undefined) return [];
  const names = list?.split(',') ?? [];
  const unknown = names.filter((name) => !(name in TOOLS));
  if (flag === '--require' && names.length > 0 && unknown.length === 0 && others.length === 0) return names;
  console.error(`usage: npm run package [-- --require ${Object.keys(TOOLS).join(',')}]`);
  process.exit(2);
}

/** @returns the program that a language needs and this machine does not have */
function missingTool(language) {
  return TOOLS[language]
    .find(([program, ...args]) => spawnSync(program, args, { stdio: 'ignore' }).status !== 0)
    ?.join(' ');
}

/** @returns what went wrong */
function run(program, args, environment = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, ...environment },
  });
  return status === 0 ? undefined : (error?.message ?? `${stdout}${stderr}`.trim());
}

function packNpm() {
  const folder = join(output, 'js');
  mkdirSync(folder);
  const pack = ['pack', '--silent', '--pack-destination', folder];
  return run('npm', pack) ?? run('npm', [...pack, '--workspace', 'cli']);
}

function packLanguage(language) {
  const pacmak = createRequire(import.meta.url).resolve('jsii-pacmak/bin/jsii-pacmak');
  return run(process.execPath, [pacmak, '--targets', language, '--outdir', output, '--no-npmignore'], {
    // The npm package was built before, and is packed as it is.
    npm_config_ignore_scripts: 'true',
    JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: 'true',
  });
}

const required = requiredLanguages(process.argv.slice(2));
const { jsii } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
rmSync(output, { recursive: true, force: true });
mkdirSync(output);

const summary = [];
let failed = false;
function report(name, seconds, problem) {
  if (problem !== undefined) console.error(problem);
  failed ||= problem !== undefined;
  summary.push(`${name.padEnd(8)}${problem === undefined ? `made in ${seconds} s` : 'FAILED, see above'}`);
}

const timed = (make) => {
  const start = performance.now();
  const problem = make();
  return [Math.round((performance.now() - start) / 1000), problem];
};

report('npm', ...timed(packNpm));
for (const language of failed ? [] : Object.keys(jsii.targets)) {
  const tool = missingTool(language);
  if (tool === undefined) report(language, ...timed(() => packLanguage(language)));
  else {
    failed ||= required.includes(language);
    summary.push(
      `${language.padEnd(8)}left out: \`${tool}\` does not work on this machine${required.includes(language) ? ', and is required' : ''}`,
    );
  }
}

console.log(summary.join('\n'));
for (const file of filesBelow(output)
  .filter((path) => /\.(tgz|whl|jar|nupkg|mod)$/.test(path))
  .sort()) {
  console.log(relative(root, file));
}
process.exitCode = failed ? 1 : 0;

import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { blocksOf, commandsOf } from './support/pages';
import { nonEmpty } from './support/non-empty';

/** What runs on other people's machines calls the scripts that run here, so that a green build means the same. */
const ROOT = join(__dirname, '..');
const FOLDER = '.github/workflows';

interface Job {
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix: { readonly os: readonly string[]; readonly node: readonly number[] } };
  readonly steps: readonly { readonly run?: string; readonly uses?: string }[];
}

interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const workflows = readdirSync(join(ROOT, FOLDER)).map((name) => ({
  name,
  content: parse(read(`${FOLDER}/${name}`)) as Workflow,
}));
const steps = workflows.flatMap(({ name, content }) =>
  Object.entries(content.jobs).flatMap(([job, { steps: all }]) =>
    all.map((step) => ({ ...step, title: `${name}, ${job}` })),
  ),
);
const { scripts, version, engines } = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>;
  version: string;
  engines: { node: string };
};

/** What a line may call in addition to scripts of this repository. */
const PROGRAMS = [
  /^npm (ci|test|pack|publish)( |$)/,
  /^python3 -m pip install /,
  /^go run \S+\/actionlint@v/,
  /^gh release /,
];

/** @returns why a line of a workflow cannot run */
function problemOf(line: string): string | undefined {
  const script = /^npm run (?:--silent )?([\w:-]+)/.exec(line)?.[1];
  if (script !== undefined) return script in scripts ? undefined : `package.json has no script ${script}`;
  if (PROGRAMS.some((pattern) => pattern.test(line))) return undefined;
  const [file = ''] = line.split(' ');
  try {
    accessSync(join(ROOT, file), constants.X_OK);
    return undefined;
  } catch {
    return `the repository has no program ${file}`;
  }
}

const lines = steps.flatMap(({ run = '', title }) =>
  run
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => [title, line] as const),
);

test.each(lines)('%s: `%s` is there to run', (_title, line) => {
  expect(problemOf(line)).toBeUndefined();
});

test.each([
  ['npm run nowhere', 'package.json has no script nowhere'],
  ['./nowhere.sh --now', 'the repository has no program ./nowhere.sh'],
  ['package.json', 'the repository has no program package.json'],
  ['npm run build', undefined],
])('the rule itself: %s', (line, expected) => {
  expect(problemOf(line)).toBe(expected);
});

test('the workflow that docs/ci.md shows is one, and runs commands that the pages have', () => {
  const shown = blocksOf('docs/ci.md').filter(({ language }) => language === 'yml');
  expect(shown).toHaveLength(1);
  const { jobs } = parse(shown[0]?.code ?? '') as Workflow;
  const runs = Object.values(jobs).flatMap(({ steps: all }) => all.flatMap(({ run }) => run ?? []));
  expect(runs).toEqual(['npm ci', 'npx greenlight rehearse --json > report.json']);
  const commands = ['README.md', 'docs/rehearsal.md'].flatMap(blocksOf).flatMap(commandsOf);
  expect(runs.filter((run) => !commands.some((command) => command.startsWith(run)))).toEqual([]);
});

test('the build runs what CI runs, and each supported Node on Linux and macOS', () => {
  expect(lines.map(([, line]) => line)).toContain('.ci/run');
  const { matrix } = Object.values(workflows.find(({ name }) => name === 'build.yml')?.content.jobs ?? {}).find(
    ({ strategy }) => strategy,
  )?.strategy ?? { matrix: { os: [], node: [] } };
  expect(matrix.os).toEqual(['ubuntu-latest', 'macos-latest']);
  expect(matrix.node[0]).toBe(Number(/\d+/.exec(engines.node)?.[0]));
  expect(matrix.node).toEqual([20, 22, 24]);
});

test('every workflow begins with no more than reading, every job ends in time, every action has a version', () => {
  expect(workflows.length).toBeGreaterThan(1);
  for (const { content } of nonEmpty(workflows)) {
    expect(content.permissions).toEqual({ contents: 'read' });
    for (const job of nonEmpty(Object.values(content.jobs))) expect(job['timeout-minutes']).toBeGreaterThan(0);
  }
  const actions = steps.flatMap(({ uses }) => uses ?? []);
  expect(actions.length).toBeGreaterThan(3);
  for (const action of nonEmpty(actions)) expect(action).toMatch(/^[\w-]+\/[\w-]+@v\d/);
});

interface Manifest {
  readonly version: string;
  readonly engines: object;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

test('the two packages have one version, and the same versions of what both are made of', () => {
  const [constructs, commandLine] = ['package.json', 'cli/package.json'].map(
    (path) => JSON.parse(read(path)) as Manifest,
  );
  expect(commandLine).toMatchObject({ version: constructs?.version, engines: constructs?.engines });
  expect(constructs?.dependencies).toBeUndefined();
  const both = Object.entries(commandLine?.dependencies ?? {}).filter(([name]) => constructs?.devDependencies?.[name]);
  expect(both.map(([name]) => name)).toEqual(expect.arrayContaining(['aws-cdk', 'yaml', 'zod']));
  for (const [name, range] of nonEmpty(both))
    expect(`${name} ${constructs?.devDependencies?.[name]}`).toBe(`${name} ${range}`);
});

test('the lock file names no address that a package is from', () => {
  const lock = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { resolved?: string; link?: boolean }>;
  };
  const packages = Object.values(lock.packages);
  expect(packages.length).toBeGreaterThan(300);
  expect(packages.filter(({ resolved, link }) => resolved !== undefined && !link)).toEqual([]);
});

describe('release notes', () => {
  const notes = (...tag: string[]) =>
    spawnSync(process.execPath, ['tools/release-notes.mjs', ...tag], { cwd: ROOT, encoding: 'utf8' });

  test('of the version of package.json are only its section of the changelog', () => {
    const { stdout, status } = notes(`v${version}`);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^### /);
    expect(stdout).not.toMatch(/^## /m);
  });

  test('of a tag that is not the version are refused', () => {
    expect(notes('v99.0.0')).toMatchObject({
      status: 2,
      stderr: `release-notes: the tag is v99.0.0, and package.json has version ${version}: tag v${version}\n`,
    });
  });
});

test('the changelog has the form of Keep a Changelog, with what is not released yet on top', () => {
  const headings = [...read('CHANGELOG.md').matchAll(/^##+ .*$/gm)].map(([heading]) => heading);
  expect(headings[0]).toBe('## Unreleased');
  const versions = headings.filter((heading) => heading.startsWith('## ')).slice(1);
  expect(versions[0]).toMatch(new RegExp(`^## ${version.replaceAll('.', '\\.')} - \\d{4}-\\d{2}-\\d{2}$`));
  const kinds = headings.filter((heading) => heading.startsWith('### '));
  const known = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'].map((kind) => `### ${kind}`);
  expect(kinds.filter((kind) => !known.includes(kind))).toEqual([]);
});

test('no warning of the linter is left, and none is accepted', () => {
  expect(scripts.lint).toContain('--max-warnings 0');
});

test('no file of the frame names the folder that it was written in', () => {
  const tracked = execFileSync('git', ['ls-files', '.github', 'SECURITY.md', 'CODE_OF_CONDUCT.md'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const files = tracked.trim().split('\n');
  expect(files.length).toBeGreaterThan(6);
  expect(files.filter((file) => /\/(work|root|home)\//.test(read(file)))).toEqual([]);
});

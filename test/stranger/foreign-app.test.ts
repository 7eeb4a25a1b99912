import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RehearsalReport } from '../../rehearsal/runner/report/document';
import { blocksOf, commandsOf } from '../support/pages';
import { PYTHON } from './python-service';
import { clone, emptyFolder, figure, shell, succeed } from './support';
import { nonEmpty } from '../support/non-empty';

/** The packed packages in apps that are not ours: made by `cdk init`, with services that have an ordinary Dockerfile. */

const START = 'docs/start.md';
/** What the tutorial, and README to users of the package, show their reader. */
const shown = new Set([
  ...blocksOf(START).flatMap(commandsOf),
  ...blocksOf('README.md')
    .flatMap(commandsOf)
    .filter((command) => /^npx greenlight |cdk-greenlight-cli$/.test(command)),
]);
const ran = new Set<string>();

/** A command of these pages. @returns how it is run here. @throws Error when no page shows it */
function shownAs(command: string, as = command): string {
  if (!shown.has(command)) throw new Error(`neither ${START} nor README.md shows ${command}`);
  ran.add(command);
  return as;
}

/** The files that the tutorial lets its reader write, by their names. */
function filesOfStart(): Readonly<Record<string, string>> {
  const found = readFileSync(START, 'utf8').matchAll(/^`([\w./-]+)`\n\n```\w+\n(.*?)^```$/gms);
  return Object.fromEntries([...found].map(([, name = '', text = '']) => [name, text]));
}

/** The packed constructs, and the packed command line. */
let constructs: string;
let commandLine: string;
/** An app made by `cdk init`, with both packages in it. Copied by the tests that change it. */
let app: string;
/** Of the app, in KiB: without a package of ours, and with the constructs. */
let sizes: { readonly without: number; readonly withConstructs: number };
/** The packages that the app has at run time since the constructs are in it. */
let added: readonly string[];

beforeAll(async () => {
  const checkout = clone();
  await succeed('npm ci', checkout);
  const pack = async (command: string) => {
    const { stdout } = await succeed(command, checkout);
    return join(checkout, stdout.trim().split('\n').at(-1) ?? '');
  };
  constructs = await pack('npm pack');
  commandLine = await pack('npm pack --workspace cli');
  app = join(emptyFolder(), 'shop');
  await succeed(shownAs('mkdir shop && cd shop'), dirname(app));
  const cdk = join(checkout, 'node_modules/.bin/cdk');
  const init = 'init app --language typescript';
  await succeed(shownAs(`npx aws-cdk ${init}`, `${cdk} ${init} --generate-only`), app);
  await succeed('npm install --no-audit --no-fund', app);
  const diskUse = async () => Number.parseInt((await succeed('du -sk node_modules', app)).stdout, 10);
  const runtimePackages = async () => {
    const { stdout } = await succeed('npm ls --omit=dev --all --json', app);
    return [...new Set(names(JSON.parse(stdout) as Installed))];
  };
  const without = await diskUse();
  const before = await runtimePackages();
  await succeed(shownAs('npm install cdk-greenlight', `npm install --no-audit --no-fund ${constructs}`), app);
  sizes = { without, withConstructs: await diskUse() };
  added = (await runtimePackages()).filter((name) => !before.includes(name));
  const installCommandLine = `npm install --no-audit --no-fund --save-dev ${commandLine}`;
  await succeed(shownAs('npm install --save-dev cdk-greenlight-cli', installCommandLine), app);
  // A stranger's project is in git, so that what a command writes can be seen.
  await succeed('git init -q && git add -A && git -c user.name=a -c user.email=a@example.com commit -qm app', app);
});

/** What `npm ls --json` prints. */
interface Installed {
  readonly dependencies?: Readonly<Record<string, Installed>>;
}

function names({ dependencies = {} }: Installed): readonly string[] {
  return Object.entries(dependencies).flatMap(([name, inner]) => [name, ...names(inner)]);
}

const STACK = 'lib/shop-stack.ts';

/** The stack that `cdk init` made, with one service in it, built from a folder. */
function stackWith(folder: string, port: number): string {
  return `import * as cdk from 'aws-cdk-lib';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { BlueGreenService, ServiceTask } from 'cdk-greenlight';

export class ShopStack extends cdk.Stack {
  constructor(scope: Construct, id: string, props?: cdk.StackProps) {
    super(scope, id, props);
    const image = ContainerImage.fromAsset('${folder}');
    new BlueGreenService(this, 'Web', { task: ServiceTask.fromImage(image, { containerPort: ${port} }) });
  }
}
`;
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

async function copyOfApp(): Promise<string> {
  const folder = join(emptyFolder(), 'shop');
  await succeed(`cp -R ${app} ${folder}`, dirname(app));
  return folder;
}

describe('the packages', () => {
  const installed = () => join(app, 'node_modules/cdk-greenlight');

  test('carries code, bundles and documents, and none of our test apps', () => {
    const top = readdirSync(installed()).sort();
    expect(top).toEqual(
      expect.arrayContaining(['CHANGELOG.md', 'LICENSE', 'README.md', 'bundles', 'dist', 'docs', 'package.json']),
    );
    expect(top).not.toEqual(expect.arrayContaining(['test']));
    expect(existsSync(join(installed(), 'examples/service'))).toBe(false);
    for (const bundle of ['gate', 'release', 'live-route']) {
      expect(existsSync(join(installed(), 'bundles', bundle, 'index.js'))).toBe(true);
    }
  });

  test('an app with the constructs has no package more than them, and at most 5 MB on its disk', () => {
    expect(added).toEqual(['cdk-greenlight']);
    const grown = sizes.withConstructs - sizes.without;
    figure(`an app with the constructs: ${grown} KiB more in node_modules`);
    expect(grown).toBeGreaterThan(1_000);
    expect(grown).toBeLessThan(5 * 1_024);
  });

  test('the packages say under which licences the code of others in them is', () => {
    const licenses = (name: string) => readFileSync(join(app, 'node_modules', name, 'THIRD-PARTY-LICENSES'), 'utf8');
    for (const name of ['yaml', 'ajv', '@aws-sdk/client-codedeploy']) {
      expect(licenses('cdk-greenlight')).toMatch(new RegExp(`^${name} \\d`, 'm'));
    }
    expect(licenses('cdk-greenlight-cli')).toMatch(/^@smithy\/core \d/m);
  });

  test('has no dead relative link in its documents', () => {
    const pages = readdirSync(installed(), { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.md') && !path.includes('node_modules'),
    );
    const dead = pages.flatMap((page) => {
      const prose = readFileSync(join(installed(), page), 'utf8').replace(/^```.*?^```/gms, '');
      return [...prose.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => !existsSync(join(installed(), dirname(page), target)))
        .map((target) => `${page}: ${target}`);
    });
    expect(pages.length).toBeGreaterThan(15);
    expect(dead).toEqual([]);
  });

  test.each([
    ['require', `node -e "console.log(typeof require('cdk-greenlight').BlueGreenService)"`],
    [
      'import',
      `node --input-type=module -e "import { BlueGreenService } from 'cdk-greenlight'; console.log(typeof BlueGreenService)"`,
    ],
  ])('can be loaded by %s', async (_how, command) => {
    expect((await succeed(command, app)).stdout).toBe('function\n');
  });

  test.each([
    ...['cdk-greenlight/dist/common/bundles', 'cdk-greenlight/dist/vendor', 'cdk-greenlight/lib'],
    ...['cdk-greenlight-cli', 'cdk-greenlight-cli/dist/rehearsal/runner'],
  ])('%s is no public module', async (name) => {
    const { output, exitCode } = await shell(`node -e "require('${name}')"`, app);
    expect(output).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
    expect(exitCode).toBe(1);
  });

  test('says file and line of its own code in a stack trace', async () => {
    const wrong = `const { App, Stack } = require('aws-cdk-lib'); const { BlueGreenService } = require('cdk-greenlight');
      new BlueGreenService(new Stack(new App(), 'S'), 'W', {});`;
    const { output } = await shell(`node -e "${wrong}"`, app);
    expect(output).toMatch(/at new BlueGreenService \(.*blue-green-service\.(js|ts):\d+:\d+\)/);
  });

  test('has source maps for its minified functions, which Node reads as docs/gate.md says', async () => {
    const page = readFileSync(join(installed(), 'docs/gate.md'), 'utf8');
    const command = /^node -p .*source-maps.*$/m.exec(page)?.[0] ?? '';
    const lines = readFileSync(join(installed(), 'bundles/gate/index.js'), 'utf8').split('\n');
    const line = lines.findIndex((text) => text.includes('greenlight.verdict'));
    const place = `${line}, ${lines[line]?.indexOf('greenlight.verdict')}`;
    const { stdout } = await succeed(command.replace('0, 182033', place), app);
    expect(stdout).toMatch(/originalSource: '.*lambda\/gate\/\w+\.ts'/);
  });

  test('responds to --help, --version, and an unknown command', async () => {
    expect((await succeed(shownAs('npx greenlight rehearse --help'), app)).stdout).toContain('Exit codes');
    expect((await succeed('npx greenlight --version', app)).stdout).toMatch(/^\d+\.\d+\.\d+/);
    expect((await shell('npx greenlight reherse', app)).exitCode).toBe(2);
    expect((await shell('npx greenlight --help | head -1', app)).output).not.toMatch(/EPIPE|Error/);
  });
});

describe.each([
  [
    'an Express service with RUN npm ci, as docs/start.md has it',
    filesOfStart(),
    3000,
    shownAs('cd web && npm install --package-lock-only && cd ..'),
  ],
  ['a Python service with RUN pip install', PYTHON, 8000, 'true'],
] as const)('%s, in an app made by cdk init', (what, files, port, prepare) => {
  let folder: string;
  beforeAll(async () => {
    folder = await copyOfApp();
    write(folder, { [STACK]: stackWith('web', port), ...files });
    await succeed(prepare, folder);
    await succeed('git add -A && git -c user.name=a -c user.email=a@example.com commit -qm service', folder);
  });

  test('compiles with tsc --strict and all library types checked, and synthesizes', async () => {
    await succeed('npx tsc --noEmit --strict --skipLibCheck false', folder);
    await succeed('npx cdk synth --quiet', folder);
    await succeed('git clean -fdq -e node_modules -e cdk.out', folder);
  });

  test('rehearses what `rehearse --init` wrote: a good release with no request lost, and a bad one that is stopped', async () => {
    await succeed(shownAs('npx greenlight rehearse --init'), folder);
    const rehearse = shownAs('npx greenlight rehearse', 'npx greenlight rehearse --json');
    const { stdout, seconds } = await succeed(rehearse, folder);
    const report = JSON.parse(stdout) as RehearsalReport;
    const [first, ...later] = report.releases;
    expect(first?.outcome).toBe('created');
    expect(later.filter(({ asExpected }) => !asExpected)).toEqual([]);
    expect(new Set(later.map(({ outcome }) => outcome))).toEqual(new Set(['succeeded', 'rolled-back']));
    for (const { outcome, requests } of nonEmpty(later)) {
      expect(requests.total).toBeGreaterThan(0);
      if (outcome === 'succeeded') expect(requests).toMatchObject({ lost: 0, failed: 0 });
    }
    figure(
      `${what}: ${later.map(({ name, outcome, requests: { total, lost } }) => `${name} ${outcome}, ${total} requests, ${lost} lost`).join('; ')}; ${seconds} s`,
    );
    const changed = (await shell('git status --porcelain', folder)).stdout;
    expect(changed).toBe('?? rehearsal.yaml\n');
  });
});

test('every command of docs/start.md, and of README for a user of the package, was run above', () => {
  expect(shown.size).toBeGreaterThan(5);
  expect([...ran].sort()).toEqual([...shown].sort());
});

test('the files that docs/start.md shows are those that the Express service above has', () => {
  expect(Object.keys(filesOfStart())).toEqual([
    ...['web/package.json', 'web/server.js', 'web/Dockerfile', 'web/.dockerignore', STACK],
  ]);
});

test('the oldest aws-cdk-lib that package.json allows synthesizes and compiles a service, and can be rehearsed', async () => {
  const folder = emptyFolder();
  const { peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    peerDependencies: Record<string, string>;
  };
  const oldest = Object.entries(peerDependencies).map(([name, range]) => `${name}@${range.replace('^', '')}`);
  await succeed('cp -R examples/plain-js/. "$TARGET"', process.cwd(), { TARGET: folder });
  write(folder, {
    'package.json': '{ "private": true }',
    'app.ts': readFileSync('README.md', 'utf8').split('```ts\n')[1]?.split('```')[0] ?? '',
  });
  await succeed(
    `npm install --no-audit --no-fund ${constructs} ${oldest.join(' ')} typescript@5.9 @types/node@20`,
    folder,
  );
  const compile = 'npx tsc --noEmit --strict --skipLibCheck false --module node16 --moduleResolution node16 app.ts';
  await succeed(compile, folder);
  // Exit code 0 is that each release ended as the file expects. Neither the command line nor a CDK CLI is installed in this app.
  const { stdout } = await succeed(`npx --yes --package ${commandLine} greenlight rehearse`, folder);
  expect(stdout).toMatch(/^first +created /m);
  expect(stdout).toMatch(/^second +succeeded /m);
  const installed = await succeed('npm ls aws-cdk-lib --json', folder);
  expect(installed.stdout).toContain(`"version": "${peerDependencies['aws-cdk-lib']?.replace('^', '')}"`);
});

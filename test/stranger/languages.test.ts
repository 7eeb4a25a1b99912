import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clone, emptyFolder, figure, succeed } from './support';

/**
 * The constructs in other languages, as `npm run package` makes them: README's service, written in Python and in Java, is the same
 * template as in TypeScript. All three with the oldest aws-cdk-lib that the package allows, which each registry has.
 */

const { peerDependencies, version } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  peerDependencies: Readonly<Record<'aws-cdk-lib' | 'constructs', string>>;
  version: string;
};
const oldest = (name: keyof typeof peerDependencies) => peerDependencies[name].replace('^', '');

let packages: string;
let expected: unknown;

/** Runs the app in a folder. @returns the template of its stack, without what the language puts there */
async function synthesize(command: string, folder: string): Promise<unknown> {
  const target = join(folder, 'cdk.out');
  const { seconds } = await succeed(command, folder, { CDK_OUTDIR: target });
  figure(`${command}: ${seconds} s`);
  return JSON.parse(readFileSync(join(target, 'Shop.template.json'), 'utf8'));
}

beforeAll(async () => {
  const checkout = clone();
  await succeed('npm ci', checkout);
  const { seconds, stdout } = await succeed('npm run --silent package -- --require python,java,go', checkout);
  figure(`npm run package: ${seconds} s\n${stdout.trim()}`);
  packages = join(checkout, 'dist-packages');

  const folder = emptyFolder();
  const source = readFileSync('README.md', 'utf8').split('```ts\n')[1]?.split('```')[0] ?? '';
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  writeFileSync(join(folder, 'app.mts'), source);
  const peers = `aws-cdk-lib@${oldest('aws-cdk-lib')} constructs@${oldest('constructs')}`;
  const constructs = join(packages, 'js', `cdk-greenlight-${version}.tgz`);
  await succeed(`npm install --no-audit --no-fund ${constructs} ${peers} tsx`, folder);
  expected = await synthesize('npx tsx app.mts', folder);
});

test('each language has its package, and the npm packages are next to them', () => {
  const found = readdirSync(packages, { recursive: true, encoding: 'utf8' });
  expect(found).toEqual(
    expect.arrayContaining([
      `js/cdk-greenlight-${version}.tgz`,
      `js/cdk-greenlight-cli-${version}.tgz`,
      `python/cdk_greenlight-${version}-py3-none-any.whl`,
      `java/io/github/cdk-greenlight/cdk-greenlight/${version}/cdk-greenlight-${version}.jar`,
      'go/cdkgreenlight/go.mod',
    ]),
  );
});

test('the template in TypeScript has the service and its release', () => {
  expect(JSON.stringify(expected)).toContain('AWS::ECS::Service');
  expect(JSON.stringify(expected)).toContain('Custom::');
});

test('in Python the service of the README is the same template', async () => {
  const folder = emptyFolder();
  cpSync('examples/python', folder, { recursive: true });
  await succeed('python3 -m venv .venv', folder);
  const wheel = join(packages, 'python', `cdk_greenlight-${version}-py3-none-any.whl`);
  const peers = `aws-cdk-lib==${oldest('aws-cdk-lib')} constructs==${oldest('constructs')}`;
  await succeed(`.venv/bin/pip install --quiet ${wheel} ${peers}`, folder);
  expect(await synthesize('.venv/bin/python app.py', folder)).toEqual(expected);
});

/** Maven keeps what it took from a file as it keeps a download: the next run, and this machine's owner, shall not find it. */
async function forgetInMaven(): Promise<void> {
  const { stdout } = await succeed(
    'mvn -B -q help:evaluate -Dexpression=settings.localRepository -DforceStdout',
    packages,
  );
  rmSync(join(/\/[\w./-]+/.exec(stdout)?.[0] ?? '', 'io', 'github', 'cdk-greenlight'), {
    recursive: true,
    force: true,
  });
}

test('in Java the service of the README is the same template', async () => {
  const folder = emptyFolder();
  cpSync('examples/java', folder, { recursive: true });
  // The packed artifact, as Maven keeps it after a download.
  const local = join(packages, 'java', 'io', 'github', 'cdk-greenlight', 'cdk-greenlight', version);
  const artifact = join(local, `cdk-greenlight-${version}`);
  await succeed(`mvn -B -q install:install-file -Dfile=${artifact}.jar -DpomFile=${artifact}.pom`, folder);
  const versions = `-Dcdk.version=${oldest('aws-cdk-lib')} -Dconstructs.version=${oldest('constructs')}`;
  expect(await synthesize(`mvn -B -q compile exec:java ${versions}`, folder)).toEqual(expected);
  await forgetInMaven();
});

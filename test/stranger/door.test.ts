import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clone, figure, shell, succeed } from './support';

/** Each command works as the first one in a fresh clone. README's own, and those of people who know the tools. */

const readme = readFileSync('README.md', 'utf8');
const commands = [...readme.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) => block.trim().split('\n'));
const whole = commands.filter((command) => command.startsWith('npm ci && '));
const deploys = commands.filter((command) => command.startsWith('npx cdk deploy'));

test('every command of the README is run: below, or in an app of its own by foreign-app.test.ts, which requires that', () => {
  const inAnApp = commands.filter((command) => /^npx greenlight |cdk-greenlight-cli$/.test(command));
  expect([...whole, ...deploys, ...inAnApp].sort()).toEqual([...commands].sort());
  expect(whole).toEqual(['npm ci && npm run rehearse', 'npm ci && npm test']);
  expect(deploys.length).toBeGreaterThan(0);
});

test.each(whole)('%s: the README says it to a fresh clone, and it succeeds', async (command) => {
  const folder = clone();
  const { seconds, output } = await succeed(command, folder);
  expect(output).not.toMatch(/failed to exit gracefully|did not exit one second after/);
  figure(`${command}: ${seconds} s in a fresh clone`);
  expect((await shell('git status --porcelain', folder)).stdout).toBe('');
});

test.each(deploys)('%s: comes as far as credentials', async (command) => {
  const folder = clone();
  const { seconds } = await succeed('npm ci', folder);
  figure(`only npm ci: ${seconds} s, with packages in npm's cache`);
  const { exitCode, output } = await shell(command, folder);
  expect(output).toMatch(/credentials|Unable to resolve AWS account/);
  expect(output).not.toMatch(/is missing|Cannot find module|ENOENT/);
  expect(exitCode).not.toBe(0);
});

describe('after only npm ci', () => {
  test.each([
    ['npx jest test/lib/release/traffic-shift.test.ts', /Tests: +\d+ passed/],
    ['npx cdk synth --quiet', /cdk-greenlight:plainHttp/],
    ['npx cdk synth Greenlight', /AWS::ECS::Service/],
    ['npm run bench -- gate', /KiB/],
    ['npm pack', /^cdk-greenlight-[\d.]+\.tgz$/m],
    ['npm pack --workspace cli', /^cdk-greenlight-cli-[\d.]+\.tgz$/m],
    ['npm run typecheck', /typecheck/],
  ])('%s works as the first command, also with install scripts switched off', async (command, says) => {
    const folder = clone();
    await succeed('npm ci --ignore-scripts', folder);
    expect((await succeed(command, folder)).output).toMatch(says);
    expect((await shell('git status --porcelain', folder)).stdout.replace(/^\?\? cdk-greenlight-.*\.tgz\n$/, '')).toBe(
      '',
    );
  });

  test('an edit in lambda/ is in what the next command uses, without a build', async () => {
    const folder = clone();
    await succeed('npm ci', folder);
    const bundled = () => succeed('npx cdk synth --quiet && cat cdk.out/asset.*/index.js', folder);
    expect((await bundled()).stdout).not.toContain('a line of mine');
    appendFileSync(join(folder, 'lambda/gate/handler.ts'), `\nconsole.log('a line of mine');\n`);
    expect((await bundled()).stdout).toContain('a line of mine');
  });
});

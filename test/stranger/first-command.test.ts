import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { clone, figure, readmeCommands, shell, succeed } from './support';

/** Each command works as the first one after `npm ci`: README's own, and those of people who know the tools. */

const deploys = readmeCommands().filter((command) => command.startsWith('npx cdk deploy'));

/** A fresh clone after `npm ci` and nothing else: installed once, and put back for each test that begins there. */
function afterOnly(install: string): () => Promise<string> {
  let folder = '';
  beforeAll(async () => {
    folder = clone();
    const { seconds } = await succeed(install, folder);
    figure(`only ${install}: ${seconds} s`);
  });
  return async () => {
    await succeed('git restore . && git clean -xdfq -e node_modules && rm -rf node_modules/.cache', folder);
    return folder;
  };
}

describe('after only npm ci', () => {
  const installed = afterOnly('npm ci');

  test.each(deploys)('%s: comes as far as credentials', async (command) => {
    const folder = await installed();
    const { exitCode, output } = await shell(command, folder);
    expect(output).toMatch(/credentials|Unable to resolve AWS account/);
    expect(output).not.toMatch(/is missing|Cannot find module|ENOENT/);
    expect(exitCode).not.toBe(0);
  });

  test('an edit in lambda/ is in what the next command uses, without a build', async () => {
    const folder = await installed();
    const bundled = () => succeed('npx cdk synth --quiet && cat cdk.out/asset.*/index.js', folder);
    expect((await bundled()).stdout).not.toContain('a line of mine');
    appendFileSync(join(folder, 'lambda/gate/handler.ts'), `\nconsole.log('a line of mine');\n`);
    expect((await bundled()).stdout).toContain('a line of mine');
  });
});

describe('after only npm ci with install scripts switched off', () => {
  const installed = afterOnly('npm ci --ignore-scripts');

  test.each([
    ['npx jest test/lib/release/traffic-shift.test.ts', /Tests: +\d+ passed/],
    ['npx cdk synth --quiet', /cdk-greenlight:plainHttp/],
    ['npx cdk synth Greenlight', /AWS::ECS::Service/],
    ['npm run bench -- gate', /KiB/],
    ['npm pack', /^cdk-greenlight-[\d.]+\.tgz$/m],
    ['npm pack --workspace cli', /^cdk-greenlight-cli-[\d.]+\.tgz$/m],
    ['npm run typecheck', /typecheck/],
  ])('%s works as the first command', async (command, says) => {
    const folder = await installed();
    expect((await succeed(command, folder)).output).toMatch(says);
    expect((await shell('git status --porcelain', folder)).stdout.replace(/^\?\? cdk-greenlight-.*\.tgz\n$/, '')).toBe(
      '',
    );
  });
});

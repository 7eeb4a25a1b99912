import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePlan } from '../../../../rehearsal/runner/plan/read';
import { Synthesis, SynthesisError } from '../../../../rehearsal/runner/synthesis/synthesis';
import { temporaryDirectory } from '../../../support/temporary';
import { until } from '../../../support/until';
import { isAlive } from '../../../support/processes';

/** An app of one stack that writes down which release it is run for. */
function appFolder(body = ''): string {
  const folder = temporaryDirectory('synthesis');
  const library = JSON.stringify(require.resolve('aws-cdk-lib'));
  writeFileSync(
    join(folder, 'app.js'),
    `const { App, Stack } = require(${library});
const { appendFileSync } = require('node:fs');
const app = new App();
const release = app.node.tryGetContext('release');
appendFileSync('runs', [release, process.pid, process.env.CDK_VALIDATION ?? 'validated'].join(' ') + '\\n');
${body}
new Stack(app, 'Shop');
`,
  );
  return folder;
}

function synthesisIn(directory: string, more = ''): Synthesis & { releases: ReturnType<typeof parsePlan>['releases'] } {
  const names = ['v1', 'v2', 'v3'];
  const releases = names.map((name) => `  - { name: ${name}, context: { release: ${name} }, expect: created }`);
  const plan = parsePlan(`version: 1\napp: node app.js\n${more}releases:\n${releases.join('\n')}\n`, 'r.yaml');
  const environment = () => process.env as Record<string, string>;
  const signal = new AbortController().signal;
  const synthesis = new Synthesis({ plan, directory, output: temporaryDirectory('out'), environment, signal });
  return Object.assign(synthesis, { releases: plan.releases });
}

const runs = (folder: string) =>
  existsSync(join(folder, 'runs'))
    ? readFileSync(join(folder, 'runs'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(' ') as [string, string, string])
    : [];

const names = (folder: string) => runs(folder).map(([name]) => name);

describe('synthesis for the releases of a plan', () => {
  test('the next releases are synthesized while the first one runs, each once and in order', async () => {
    const folder = appFolder();
    const synthesis = synthesisIn(folder);
    const [first, , last] = synthesis.releases;
    const assembly = await synthesis.of(first!);
    expect(assembly.stacks).toEqual([{ id: 'Shop', stackName: 'Shop' }]);
    await until('all three to be synthesized', () => names(folder).length === 3);
    const third = await synthesis.of(last!);
    expect(third.directory).not.toBe(assembly.directory);
    await synthesis.end();
    expect(names(folder)).toEqual(['v1', 'v2', 'v3']);
  }, 60_000);

  test("a later release's failure is its own, in the app's words", async () => {
    const synthesis = synthesisIn(appFolder(`if (release === 'v2') throw new Error('the cupboard is bare');`));
    const [first, second, third] = synthesis.releases;
    await synthesis.of(first!);
    const failure = await synthesis.of(second!).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SynthesisError);
    expect((failure as SynthesisError).output).toContain('the cupboard is bare');
    await expect(synthesis.of(third!)).resolves.toMatchObject({ stacks: [{ id: 'Shop' }] });
    await synthesis.end();
  }, 60_000);

  test('with `synthesis: inline` the app runs for a release when its turn comes', async () => {
    const folder = appFolder();
    const synthesis = synthesisIn(folder, 'synthesis: inline\n');
    await synthesis.of(synthesis.releases[0]!);
    await synthesis.end();
    expect(names(folder)).toEqual(['v1']);
  }, 60_000);

  test.each([
    ['', ['validated', 'false', 'false']],
    ['validation: every\n', ['validated', 'validated', 'validated']],
  ])(
    'the first release is validated by the CDK, with `validation: every` all are: %j',
    async (more, expected) => {
      const folder = appFolder();
      const synthesis = synthesisIn(folder, more);
      await synthesis.of(synthesis.releases[0]!);
      await synthesis.of(synthesis.releases[2]!);
      await synthesis.end();
      expect(runs(folder).map(([, , validation]) => validation)).toEqual(expected);
    },
    60_000,
  );

  test('the end of a rehearsal ends the app that runs ahead', async () => {
    const folder = appFolder(`if (release === 'v2') { setInterval(() => {}, 1000); return; }`);
    const synthesis = synthesisIn(folder);
    await synthesis.of(synthesis.releases[0]!);
    await until('the second run to begin', () => names(folder).length === 2);
    await synthesis.end();
    const pid = Number(runs(folder)[1]?.[1]);
    await until('the app to end', () => !isAlive(pid));
    expect(names(folder)).toEqual(['v1', 'v2']);
  }, 60_000);
});

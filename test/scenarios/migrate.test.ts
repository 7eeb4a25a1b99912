import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalAws, startLocalAws } from '../../rehearsal/local-aws';
import { parsePlan } from '../../rehearsal/runner/plan/read';
import type { RehearsalReport } from '../../rehearsal/runner/report/document';
import { rehearse } from '../../rehearsal/runner/rehearse';
import { temporaryDirectory } from '../support/temporary';

const ROOT = join(__dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/migrate.md'), 'utf8');

/** The page's code, block by block, with the sample service for the reader's image and the context for the reader's edits. */
function app(): string {
  const [base = '', plain = '', started = '', moved = '', removed = ''] = [
    ...page.matchAll(/```ts\n([\s\S]*?)```/g),
  ].map(([, code = '']) =>
    code
      .replace(
        /ContainerImage\.fromRegistry\([^)]*\)/,
        `ContainerImage.fromAsset(${JSON.stringify(join(ROOT, 'examples/service'))})`,
      )
      .replace("'cdk-greenlight'", JSON.stringify(join(ROOT, 'lib')))
      .replace('process.env.VERSION', "stack.node.tryGetContext('version')"),
  );
  return `${base}
const step: string = stack.node.tryGetContext('step');
if (step === 'removed') { ${removed} } else { ${plain} }
if (step === 'started') { ${started} }
if (step === 'moved' || step === 'removed') { ${moved} }
`;
}

describe('docs/migrate.md, rehearsed by the file that it shows', () => {
  let aws: LocalAws;
  let report: RehearsalReport;
  beforeAll(async () => {
    const directory = temporaryDirectory('migrate');
    symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
    writeFileSync(join(directory, 'app.ts'), app());
    const [, file = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    const plan = { ...parsePlan(file, 'docs/migrate.md'), app: 'node --require tsx/cjs app.ts' };
    aws = await startLocalAws({ speed: plan.speed });
    report = await rehearse(aws, { plan, directory, signal: new AbortController().signal });
  }, 400_000);
  afterAll(() => aws?.stop());

  const step = (name: string) => report.releases.find((release) => release.name === name);
  const served = (name: string, service: string) =>
    step(name)?.services.find((each) => each.name === service)?.requests.total ?? 0;

  test('each step is reported as what it is, and none loses a request', () => {
    const summaries = report.releases.map(({ name, outcome, violations, requests: { lost, failed } }) => ({
      step: `${name} ${outcome}`,
      violations,
      lost,
      failed,
    }));
    const steps = ['plain created', 'started updated', 'moved updated', 'removed updated', 'v2 succeeded'];
    expect(summaries).toEqual(steps.map((each) => ({ step: each, violations: [], lost: 0, failed: 0 })));
  });

  test('the plain service is under load until its traffic has moved', () => {
    expect(served('started', 'Old')).toBeGreaterThan(50);
    expect(served('moved', 'Old')).toBeGreaterThan(0);
    expect(served('moved', 'Web')).toBeGreaterThan(0);
    expect({ old: served('removed', 'Old'), web: served('removed', 'Web') > 50 }).toEqual({ old: 0, web: true });
  });

  test('the old service is deleted, and the next version is a blue/green release', () => {
    expect(step('removed')?.services.find(({ name }) => name === 'Old')?.outcome).toBe('deleted');
    expect(step('v2')?.services).toMatchObject([{ name: 'Web', outcome: 'succeeded' }]);
    expect(step('v2')?.deploymentId).toMatch(/^d-/);
    expect(step('v2')?.requests.exposed.total).toBeGreaterThan(0);
  });
});

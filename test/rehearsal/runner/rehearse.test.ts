import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalAws, startLocalAws } from '../../../rehearsal/local-aws';
import { PlanError } from '../../../rehearsal/runner/plan/plan';
import { parsePlan } from '../../../rehearsal/runner/plan/read';
import { rehearse } from '../../../rehearsal/runner/rehearse';
import { temporaryDirectory } from '../../support/temporary';

/** An app that takes a moment, as one does that asks something over the network. */
const app = `
const { App, Stack } = require(${JSON.stringify(require.resolve('aws-cdk-lib'))});
setTimeout(() => {
  const app = new App();
  new Stack(app, 'Shop');
  app.synth();
}, 1_000);
`;

describe('a rehearsal of a stack that the app does not have', () => {
  let aws: LocalAws;
  beforeAll(async () => void (aws = await startLocalAws({ speed: 60 })));
  afterAll(() => aws.stop());

  test('ends with the list of those that it has before anything is deployed, also when the app waits for a timer', async () => {
    const directory = temporaryDirectory('rehearse');
    writeFileSync(join(directory, 'app.js'), app);
    const release = '  - { name: v1, expect: created }';
    const plan = parsePlan(`version: 1\nstack: Shoq\napp: node app.js\nreleases:\n${release}\n`, 'r.yaml');
    const began = rehearse(aws, { plan, directory, signal: AbortSignal.timeout(100_000) });
    const problem: unknown = await began.catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(PlanError);
    expect(String(problem)).toMatch(/the CDK app has no stack "Shoq".*Shop/);
    expect(aws.events.all().filter(({ source }) => ['cdk', 'cloudformation'].includes(source))).toEqual([]);
  }, 120_000);

  test('an image that cannot run on this machine is no release that AWS refuses, whatever the file expects', async () => {
    const directory = temporaryDirectory('rehearse');
    const lib = JSON.stringify(require.resolve('aws-cdk-lib').replace(/index\.js$/, ''));
    const text = `
const { App, Stack } = require(${lib});
const { ContainerImage, FargateTaskDefinition } = require(${lib} + 'aws-ecs');
const task = new FargateTaskDefinition(new Stack(new App(), 'Shop'), 'Task');
task.addContainer('web', { image: ContainerImage.fromRegistry('example/web:1') });
`;
    writeFileSync(join(directory, 'app.js'), text);
    const releases = '  - { name: v1, expect: refused }';
    const plan = parsePlan(`version: 1\napp: node app.js\nreleases:\n${releases}\n`, 'r.yaml');
    const began = rehearse(aws, { plan, directory, signal: AbortSignal.timeout(100_000) });
    const problem: unknown = await began.catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(PlanError);
    expect(String(problem)).toContain('image example/web:1 comes from a registry');
  }, 120_000);
});

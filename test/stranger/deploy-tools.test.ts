import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalAws, startLocalAws } from '../../rehearsal/local-aws';
import { INTERNAL } from '../../rehearsal/core/service';
import { awsCli } from '../conformance/programs';
import { createQuickStack } from '../conformance/stack';
import { temporaryDirectory } from '../support/temporary';
import { whereThereIs } from '../support/machine';
import { shell } from './support';

/** Tools that deploy to ECS without CloudFormation, against a local AWS that is kept running. */

let aws: LocalAws;
let environment: Record<string, string>;

beforeAll(async () => {
  aws = await startLocalAws({ speed: 120 });
  await createQuickStack(aws);
  const { accessKeyId, secretAccessKey } = aws.services.iam.addUser({
    name: 'tool',
    managed: ['arn:aws:iam::aws:policy/AdministratorAccess'],
  }).credentials;
  environment = {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: aws.world.region,
    AWS_DEFAULT_REGION: aws.world.region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
}, 300_000);
afterAll(() => aws.stop());

const call = <Output>(operation: string, input: object) => aws.world.call<Output>(INTERNAL, 'ecs', operation, input);

interface Service {
  readonly taskDefinition: string;
  readonly networkConfiguration: object;
}

async function describeService(name: string): Promise<Service> {
  const input = { cluster: 'conformance', services: [name] };
  const { services } = await call<{ services: Service[] }>('DescribeServices', input);
  return services[0]!;
}

const revisionOf = async (name: string) => (await describeService(name)).taskDefinition.split(':').at(-1);

async function run(line: string, folder: string): Promise<string> {
  const { exitCode, output } = await shell(line, folder, environment);
  if (exitCode !== 0) throw new Error(`${line} ended with ${exitCode}: ${output}`);
  return output;
}

test('aws ecs deploy releases a task definition by way of CodeDeploy, and waits for it', async () => {
  const folder = temporaryDirectory('ecs-deploy');
  const { taskDefinition } = await call<{ taskDefinition: Record<string, unknown> }>('DescribeTaskDefinition', {
    taskDefinition: 'web',
  });
  const { family, networkMode, requiresCompatibilities, cpu, memory, executionRoleArn, containerDefinitions } =
    taskDefinition;
  const definition = { family, networkMode, requiresCompatibilities, cpu, memory, executionRoleArn };
  writeFileSync(join(folder, 'task.json'), JSON.stringify({ ...definition, containerDefinitions }));
  const target = { TaskDefinition: 'x', LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 80 } };
  const appSpec = { version: 0, Resources: [{ TargetService: { Type: 'AWS::ECS::Service', Properties: target } }] };
  writeFileSync(join(folder, 'app-spec.json'), JSON.stringify(appSpec));
  const before = Number(await revisionOf('twins'));
  const words = '--cluster conformance --service twins --task-definition task.json --codedeploy-appspec app-spec.json';
  const names = '--codedeploy-application twins --codedeploy-deployment-group twins';
  expect(await run(`${awsCli()} ecs deploy ${words} ${names}`, folder)).toMatch(/Successfully deployed/);
  expect(Number(await revisionOf('twins'))).toBe(before + 1);
});

/** `ecspresso` of the PATH, or what Go installs; undefined where the module cannot be had. */
function findEcspresso(): string | undefined {
  if (spawnSync('ecspresso', ['version']).status === 0) return 'ecspresso';
  const folder = temporaryDirectory('ecspresso');
  try {
    const env = { ...process.env, GOBIN: folder };
    execFileSync('go', ['install', 'github.com/kayac/ecspresso/v2/cmd/ecspresso@latest'], { env, stdio: 'ignore' });
    return join(folder, 'ecspresso');
  } catch {
    return undefined;
  }
}

const ecspresso = findEcspresso();

const problem =
  ecspresso === undefined
    ? 'Go cannot install it: put ecspresso on the PATH; deploy-tools.slow.test.ts makes its calls'
    : undefined;

for (const service of ['rolling', 'twins']) {
  whereThereIs(problem, `ecspresso deploys, waits and rolls back: ${service}`, () => useEcspresso(service));
}

async function useEcspresso(service: string): Promise<void> {
  const program = ecspresso ?? '';
  const folder = temporaryDirectory('ecspresso-config');
  if (service === 'rolling') {
    const { taskDefinition, networkConfiguration } = await describeService('twins');
    const settings = { cluster: 'conformance', taskDefinition, networkConfiguration, launchType: 'FARGATE' };
    await call('CreateService', { ...settings, serviceName: service, desiredCount: 0 });
  }
  const before = await revisionOf(service);
  await run(`${program} init --region us-east-1 --cluster conformance --service ${service}`, folder);
  await run(`${program} deploy`, folder);
  const deployed = await revisionOf(service);
  expect(deployed).not.toBe(before);
  await run(`${program} wait`, folder);
  await run(`${program} rollback`, folder);
  expect(Number(await revisionOf(service))).toBeLessThan(Number(deployed));
}

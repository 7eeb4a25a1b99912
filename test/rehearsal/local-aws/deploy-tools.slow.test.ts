/**
 * The calls of ecspresso v2 in their order: https://github.com/kayac/ecspresso/tree/v2 (deploy.go, rollback.go, wait.go). The Go
 * module itself cannot be had everywhere; `test/stranger/deploy-tools.test.ts` runs it where it can.
 */
import {
  BatchGetApplicationsCommand,
  BatchGetDeploymentGroupsCommand,
  CodeDeployClient,
  CreateDeploymentCommand,
  GetApplicationRevisionCommand,
  GetDeploymentCommand,
  ListApplicationsCommand,
  ListDeploymentGroupsCommand,
  ListDeploymentsCommand,
  StopDeploymentCommand,
  waitUntilDeploymentSuccessful,
} from '@aws-sdk/client-codedeploy';
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  waitUntilServicesStable,
} from '@aws-sdk/client-ecs';
import { type LocalAws, startLocalAws } from '../../../rehearsal/local-aws';
import { createQuickStack } from '../../conformance/stack';
import { until } from '../../support/until';

const CLUSTER = 'conformance';
let aws: LocalAws;
let ecs: ECSClient;
let codedeploy: CodeDeployClient;

beforeAll(async () => {
  aws = await startLocalAws({ speed: 240 });
  await createQuickStack(aws);
  const { accessKeyId, secretAccessKey } = aws.services.iam.addUser({
    name: 'tool',
    managed: ['arn:aws:iam::aws:policy/AdministratorAccess'],
  }).credentials;
  const options = { endpoint: aws.endpoint, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey } };
  ecs = new ECSClient(options);
  codedeploy = new CodeDeployClient(options);
});
afterAll(async () => {
  ecs.destroy();
  codedeploy.destroy();
  await aws.stop();
});

async function describe(service: string) {
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster: CLUSTER, services: [service] }));
  return services![0]!;
}

/** Registers what is there again, as ecspresso does with the definition in its file. @returns its ARN */
async function register(): Promise<string> {
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web' }));
  const { family, networkMode, requiresCompatibilities, cpu, memory, executionRoleArn, containerDefinitions } =
    taskDefinition!;
  const given = { family, networkMode, requiresCompatibilities, cpu, memory, executionRoleArn, containerDefinitions };
  const registered = await ecs.send(new RegisterTaskDefinitionCommand(given));
  return registered.taskDefinition!.taskDefinitionArn!;
}

/** The newest active revision before the live one. */
async function rollbackTarget(current: string): Promise<string> {
  const family = current.slice(current.lastIndexOf('/') + 1, current.lastIndexOf(':'));
  const { taskDefinitionArns } = await ecs.send(
    new ListTaskDefinitionsCommand({ familyPrefix: family, sort: 'DESC', maxResults: 100 }),
  );
  return taskDefinitionArns![taskDefinitionArns!.indexOf(current) + 1]!;
}

const appSpec = (TaskDefinition: string) =>
  JSON.stringify({
    version: '0.0',
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: { TaskDefinition, LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 80 } },
        },
      },
    ],
  });

async function createDeployment(taskDefinition: string): Promise<string> {
  const { applications } = await codedeploy.send(new ListApplicationsCommand({}));
  const { applicationsInfo } = await codedeploy.send(
    new BatchGetApplicationsCommand({ applicationNames: applications }),
  );
  const applicationName = applicationsInfo!.find(({ computePlatform }) => computePlatform === 'ECS')!.applicationName!;
  const { deploymentGroups } = await codedeploy.send(new ListDeploymentGroupsCommand({ applicationName }));
  const { deploymentGroupsInfo } = await codedeploy.send(
    new BatchGetDeploymentGroupsCommand({ applicationName, deploymentGroupNames: deploymentGroups }),
  );
  const group = deploymentGroupsInfo!.find(({ ecsServices }) => ecsServices?.[0]?.serviceName === 'twins')!;
  const { deploymentId } = await codedeploy.send(
    new CreateDeploymentCommand({
      applicationName,
      deploymentGroupName: group.deploymentGroupName,
      deploymentConfigName: group.deploymentConfigName,
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content: appSpec(taskDefinition) } },
    }),
  );
  return deploymentId!;
}

const waited = (deploymentId: string) =>
  waitUntilDeploymentSuccessful({ client: codedeploy, maxWaitTime: 120, minDelay: 1, maxDelay: 1 }, { deploymentId });

test('a rolling service: deploy, wait, rollback', async () => {
  const { networkConfiguration, taskDefinition } = await describe('twins');
  const service = 'rolling';
  const settings = { cluster: CLUSTER, taskDefinition, networkConfiguration, launchType: 'FARGATE' as const };
  await ecs.send(new CreateServiceCommand({ ...settings, serviceName: service, desiredCount: 0 }));
  const stable = () =>
    waitUntilServicesStable(
      { client: ecs, maxWaitTime: 120, minDelay: 1, maxDelay: 1 },
      { cluster: CLUSTER, services: [service] },
    );
  const next = await register();
  const update = (arn: string) =>
    ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service, taskDefinition: arn }));
  await update(next);
  expect((await stable()).state).toBe('SUCCESS');
  expect(await describe(service)).toMatchObject({ taskDefinition: next, deploymentController: { type: 'ECS' } });
  await update(await rollbackTarget(next));
  expect((await stable()).state).toBe('SUCCESS');
  expect((await describe(service)).taskDefinition).toBe(taskDefinition);
}, 200_000);

test('a service under CodeDeploy: deploy, wait, rollback when it has ended and while it runs', async () => {
  const service = 'twins';
  const before = (await describe(service)).taskDefinition!;
  const next = await register();
  await ecs.send(new UpdateServiceCommand({ cluster: CLUSTER, service, desiredCount: 0 }));
  const deployed = await createDeployment(next);
  expect((await waited(deployed)).state).toBe('SUCCESS');
  expect((await describe(service)).taskDefinition).toBe(next);

  const { deployments } = await codedeploy.send(
    new ListDeploymentsCommand({ applicationName: service, deploymentGroupName: service }),
  );
  const { deploymentInfo } = await codedeploy.send(new GetDeploymentCommand({ deploymentId: deployments![0] }));
  expect(deploymentInfo).toMatchObject({ deploymentId: deployed, status: 'Succeeded' });
  const target = await rollbackTarget(next);
  expect((await waited(await createDeployment(target))).state).toBe('SUCCESS');
  expect((await describe(service)).taskDefinition).toBe(target);
  expect(before).toBeDefined();

  const running = await createDeployment(next);
  const info = (await codedeploy.send(new GetDeploymentCommand({ deploymentId: running }))).deploymentInfo!;
  const { revision } = await codedeploy.send(
    new GetApplicationRevisionCommand({ applicationName: info.applicationName, revision: info.revision }),
  );
  expect(revision?.appSpecContent?.content).toContain(next);
  await codedeploy.send(new StopDeploymentCommand({ deploymentId: running, autoRollbackEnabled: true }));
  const rollback = await until('the deployment to be rolled back', async () => {
    const stopped = (await codedeploy.send(new GetDeploymentCommand({ deploymentId: running }))).deploymentInfo!;
    return stopped.rollbackInfo?.rollbackDeploymentId;
  });
  expect((await waited(rollback)).state).toBe('SUCCESS');
  expect((await describe(service)).taskDefinition).toBe(target);
}, 300_000);

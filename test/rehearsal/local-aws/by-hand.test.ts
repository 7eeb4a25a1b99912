import {
  BatchGetApplicationsCommand,
  BatchGetDeploymentGroupsCommand,
  CodeDeployClient,
  CreateApplicationCommand,
  CreateDeploymentConfigCommand,
  CreateDeploymentGroupCommand,
  DeleteApplicationCommand,
  DeleteDeploymentConfigCommand,
  DeleteDeploymentGroupCommand,
  GetDeploymentGroupCommand,
  ListDeploymentsCommand,
  ListTagsForResourceCommand as ListCodeDeployTags,
  UpdateDeploymentGroupCommand,
} from '@aws-sdk/client-codedeploy';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListTagsForResourceCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecs';
import { type LocalAws, startLocalAws } from '../../../rehearsal/local-aws';

/** What deploy tools next to CloudFormation do around a release. */

const ROLE = 'arn:aws:iam::111111111111:role/tasks';
let aws: LocalAws;
let ecs: ECSClient;
let codedeploy: CodeDeployClient;
let clientFor: (name: string, ...statements: object[]) => ECSClient;

beforeAll(async () => {
  aws = await startLocalAws({ speed: 60 });
  const common = { endpoint: aws.endpoint, region: 'us-east-1', maxAttempts: 1 };
  const administrator = aws.services.iam.addUser({
    name: 'tester',
    managed: ['arn:aws:iam::aws:policy/AdministratorAccess'],
  }).credentials;
  const keys = ({ accessKeyId, secretAccessKey }: typeof administrator) => ({ accessKeyId, secretAccessKey });
  ecs = new ECSClient({ ...common, credentials: keys(administrator) });
  codedeploy = new CodeDeployClient({ ...common, credentials: keys(administrator) });
  clientFor = (name, ...Statement) => {
    const user = aws.services.iam.addUser({ name, inline: { own: { Version: '2012-10-17', Statement } } });
    return new ECSClient({ ...common, credentials: keys(user.credentials) });
  };
});
afterAll(async () => {
  ecs.destroy();
  codedeploy.destroy();
  await aws.stop();
});

const GROUP = {
  deploymentGroupName: 'g',
  serviceRoleArn: ROLE,
  ecsServices: [{ clusterName: 'c', serviceName: 's' }],
  loadBalancerInfo: {
    targetGroupPairInfoList: [
      { targetGroups: [{ name: 'blue' }, { name: 'green' }], prodTrafficRoute: { listenerArns: ['arn:l'] } },
    ],
  },
};

const definition = {
  family: 'web',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  executionRoleArn: ROLE,
  containerDefinitions: [{ name: 'app', image: 'public.ecr.aws/x/app:1', portMappings: [{ containerPort: 80 }] }],
} as const;
const input = () =>
  JSON.parse(JSON.stringify(definition)) as ConstructorParameters<typeof RegisterTaskDefinitionCommand>[0];

test('a task definition is registered, tagged, listed and taken out of service', async () => {
  const tags = [{ key: 'team', value: 'a' }];
  const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand({ ...input(), tags }));
  const arn = taskDefinition?.taskDefinitionArn ?? '';
  expect(taskDefinition).toMatchObject({ revision: 1, status: 'ACTIVE', registeredAt: expect.any(Date) as Date });
  expect(taskDefinition?.containerDefinitions?.[0]).toMatchObject({
    essential: true,
    portMappings: [{ containerPort: 80, protocol: 'tcp' }],
  });
  await ecs.send(new TagResourceCommand({ resourceArn: arn, tags: [{ key: 'more', value: 'b' }] }));
  await ecs.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ['team'] }));
  expect((await ecs.send(new ListTagsForResourceCommand({ resourceArn: arn }))).tags).toEqual([
    { key: 'more', value: 'b' },
  ]);
  const described = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web', include: ['TAGS'] }));
  expect(described.tags).toEqual([{ key: 'more', value: 'b' }]);
  await ecs.send(new RegisterTaskDefinitionCommand(input()));
  const list = async (more: object) =>
    (await ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: 'web', ...more }))).taskDefinitionArns;
  expect((await list({ sort: 'DESC' }))?.map((each) => each.split(':').at(-1))).toEqual(['2', '1']);
  await expect(ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web' }))).rejects.toThrow('revision');
  await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: arn }));
  expect([await list({ status: 'INACTIVE' }), (await list({}))?.length]).toEqual([[arn], 1]);
  expect((await ecs.send(new ListTaskDefinitionFamiliesCommand({ familyPrefix: 'w' }))).families).toEqual(['web']);
});

test.each([
  ['characters', { family: 'no name' }],
  ['unique', { containerDefinitions: [...definition.containerDefinitions, ...definition.containerDefinitions] }],
  ["'cpu' and 'memory'", { cpu: undefined }],
  ['networkMode', { networkMode: 'bridge' as const }],
])('a task definition that Fargate cannot run is refused: %s', async (sentence, change) => {
  const sent = ecs.send(new RegisterTaskDefinitionCommand({ ...input(), ...change } as ReturnType<typeof input>));
  await expect(sent).rejects.toMatchObject({
    name: 'ClientException',
    message: expect.stringContaining(sentence) as string,
  });
});

test('a deploy tool needs iam:PassRole for the roles of what it registers', async () => {
  const allow = { Effect: 'Allow', Action: 'ecs:RegisterTaskDefinition', Resource: '*' };
  const without = clientFor('without', allow);
  const register = (client: ECSClient) =>
    client.send(new RegisterTaskDefinitionCommand({ ...input(), family: 'passed' }));
  await expect(register(without)).rejects.toThrow(`iam:PassRole on resource: ${ROLE}`);
  const having = clientFor('having', allow, { Effect: 'Allow', Action: 'iam:PassRole', Resource: ROLE });
  expect((await register(having)).taskDefinition?.revision).toBe(1);
  without.destroy();
  having.destroy();
});

test('clusters and services are made and deleted by hand; a cluster with a service stays', async () => {
  const { cluster } = await ecs.send(
    new CreateClusterCommand({ clusterName: 'own', tags: [{ key: 'a', value: '1' }] }),
  );
  expect(cluster).toMatchObject({ status: 'ACTIVE', tags: [{ key: 'a', value: '1' }] });
  const network = { awsvpcConfiguration: { subnets: ['subnet-1'] } };
  const { service } = await ecs.send(
    new CreateServiceCommand({
      cluster: 'own',
      serviceName: 's',
      taskDefinition: 'web',
      desiredCount: 0,
      launchType: 'FARGATE',
      networkConfiguration: network,
      tags: [{ key: 'b', value: '2' }],
    }),
  );
  expect(service).toMatchObject({ status: 'ACTIVE', desiredCount: 0, tags: [{ key: 'b', value: '2' }] });
  await expect(ecs.send(new DeleteClusterCommand({ cluster: 'own' }))).rejects.toMatchObject({
    name: 'ClusterContainsServicesException',
  });
  expect((await ecs.send(new DeleteServiceCommand({ cluster: 'own', service: 's' }))).service?.status).toBe('DRAINING');
  expect((await ecs.send(new DeleteClusterCommand({ cluster: 'own' }))).cluster?.status).toBe('INACTIVE');
});

test('applications, groups and configurations of CodeDeploy are made, read in batches, changed and deleted', async () => {
  const send = codedeploy.send.bind(codedeploy);
  const at = { applicationName: 'app' };
  const Tags = [{ Key: 'team', Value: 'a' }];
  await send(new CreateApplicationCommand({ ...at, computePlatform: 'ECS', tags: Tags }));
  await expect(send(new CreateApplicationCommand({ ...at, computePlatform: 'ECS' }))).rejects.toMatchObject({
    name: 'ApplicationAlreadyExistsException',
  });
  await expect(send(new CreateApplicationCommand({ applicationName: 'servers' }))).rejects.toThrow('only ECS');
  const ResourceArn = 'arn:aws:codedeploy:us-east-1:111111111111:application:app';
  expect((await send(new ListCodeDeployTags({ ResourceArn }))).Tags).toEqual(Tags);
  const name = { deploymentConfigName: 'own' };
  const canary = { canaryPercentage: 20, canaryInterval: 2 };
  const trafficRoutingConfig = { type: 'TimeBasedCanary', timeBasedCanary: canary } as const;
  await send(new CreateDeploymentConfigCommand({ ...name, computePlatform: 'ECS', trafficRoutingConfig }));
  const group = { ...at, ...GROUP };
  const none = { ...group, deploymentConfigName: 'none' };
  await expect(send(new CreateDeploymentGroupCommand(none))).rejects.toMatchObject({
    name: 'DeploymentConfigDoesNotExistException',
  });
  await send(new CreateDeploymentGroupCommand({ ...group, ...name }));
  const change = { ...at, currentDeploymentGroupName: 'g', newDeploymentGroupName: 'h' };
  await send(new UpdateDeploymentGroupCommand({ ...change, autoRollbackConfiguration: { enabled: true } }));
  const { deploymentGroupsInfo } = await send(
    new BatchGetDeploymentGroupsCommand({ ...at, deploymentGroupNames: ['h'] }),
  );
  expect(deploymentGroupsInfo).toMatchObject([{ ...name, autoRollbackConfiguration: { enabled: true } }]);
  await expect(send(new GetDeploymentGroupCommand({ ...at, deploymentGroupName: 'g' }))).rejects.toMatchObject({
    name: 'DeploymentGroupDoesNotExistException',
  });
  const { applicationsInfo } = await send(new BatchGetApplicationsCommand({ applicationNames: ['app'] }));
  expect(applicationsInfo).toMatchObject([{ computePlatform: 'ECS' }]);
  const range = { start: new Date(0), end: new Date(1) };
  expect((await send(new ListDeploymentsCommand({ ...at, createTimeRange: range }))).deployments).toEqual([]);
  await send(new DeleteDeploymentGroupCommand({ ...at, deploymentGroupName: 'h' }));
  await send(new DeleteDeploymentConfigCommand(name));
  await send(new DeleteApplicationCommand(at));
  await expect(send(new BatchGetApplicationsCommand({ applicationNames: ['app'] }))).rejects.toMatchObject({
    name: 'ApplicationDoesNotExistException',
  });
});

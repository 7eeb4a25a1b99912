import {
  continueServiceDeployment,
  describeServiceDeployments,
  inFlightOfService,
  serviceDeploymentArns,
  serviceDeploymentId,
  targetGroupsOfRevision,
} from '../../aws/ecs';
import { httpServer, type Listening } from '../support/servers/servers';

const ARN = 'arn:aws:ecs:eu-west-1:111122223333:service-deployment/cluster/web/abc123';

describe('the calls', () => {
  const requests: { readonly operation: string; readonly input: unknown }[] = [];
  let responses: object[];
  let server: Listening;
  const before = { ...process.env };
  beforeEach(async () => {
    requests.length = 0;
    responses = [];
    server = await httpServer((request, response) => {
      let text = '';
      request.on('data', (part: Buffer) => (text += part.toString()));
      request.on('end', () => {
        const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
        requests.push({ operation, input: JSON.parse(text) });
        const body = responses.shift() ?? {};
        response.writeHead('__type' in body ? 500 : 200).end(JSON.stringify(body));
      });
    });
    Object.assign(process.env, { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL_ECS: `http://127.0.0.1:${server.port}` });
  });
  afterEach(async () => {
    process.env = { ...before };
    await server.close();
  });

  test('continue a deployment at its pause', async () => {
    await continueServiceDeployment(ARN, 'ecs-pause-1');
    const input = { serviceDeploymentArn: ARN, hookId: 'ecs-pause-1', action: 'CONTINUE' };
    expect(requests).toEqual([{ operation: 'ContinueServiceDeployment', input }]);
  });

  test('list the deployments of a service by their status', async () => {
    responses = [{ serviceDeployments: [{ serviceDeploymentArn: ARN }, {}] }];
    await expect(serviceDeploymentArns('cluster', 'web', ['PENDING'])).resolves.toEqual([ARN]);
    const input = { cluster: 'cluster', service: 'web', status: ['PENDING'], maxResults: 100 };
    expect(requests).toEqual([{ operation: 'ListServiceDeployments', input }]);
  });

  test('describe none without asking, as ECS requires at least one', async () => {
    await expect(describeServiceDeployments([])).resolves.toEqual([]);
    expect(requests).toEqual([]);
  });

  test('are repeated while ECS fails', async () => {
    const deployment = { serviceDeploymentArn: ARN, status: 'IN_PROGRESS' };
    responses = [{ __type: 'ServerException' }, { serviceDeployments: [deployment] }];
    await expect(describeServiceDeployments([ARN])).resolves.toEqual([deployment]);
    expect(requests).toHaveLength(2);
  });

  test('find the target groups of a revision', async () => {
    const loadBalancers = [{ targetGroupArn: 'green' }, {}];
    responses = [{ serviceRevisions: [{ resolvedConfiguration: { loadBalancers } }, {}] }, {}];
    await expect(targetGroupsOfRevision('revision')).resolves.toEqual(['green']);
    await expect(targetGroupsOfRevision('unknown')).resolves.toEqual([]);
  });
});

test.each([
  ['PENDING', undefined, { rollback: false, terminationWait: false }],
  ['IN_PROGRESS', 'PRODUCTION_TRAFFIC_SHIFT', { rollback: false, terminationWait: false }],
  ['IN_PROGRESS', 'BAKE_TIME', { rollback: false, terminationWait: true }],
  ['IN_PROGRESS', 'CLEAN_UP', { rollback: false, terminationWait: true }],
  ['STOP_REQUESTED', 'BAKE_TIME', { rollback: false, terminationWait: false }],
  ['ROLLBACK_REQUESTED', 'BAKE_TIME', { rollback: true, terminationWait: false }],
  ['ROLLBACK_IN_PROGRESS', 'CLEAN_UP', { rollback: true, terminationWait: false }],
])('a deployment that is %s at %s', (status, lifecycleStage, expected) => {
  const found = inFlightOfService({ serviceDeploymentArn: ARN, status, lifecycleStage });
  expect(found).toEqual({
    deploymentId: 'abc123',
    stopCommand: `aws ecs stop-service-deployment --service-deployment-arn ${ARN} --stop-type ROLLBACK`,
    ...expected,
  });
});

test('the id is the last part of the ARN', () => {
  expect(serviceDeploymentId(ARN)).toBe('abc123');
});

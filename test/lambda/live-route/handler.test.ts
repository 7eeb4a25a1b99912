import {
  CodeDeployClient,
  type DeploymentInfo,
  GetDeploymentCommand,
  ListDeploymentGroupsCommand,
  ListDeploymentsCommand,
} from '@aws-sdk/client-codedeploy';
import { mockClient } from 'aws-sdk-client-mock';
import { createLiveRoute } from '../../../lambda/live-route/handler';
import { aws as realAws } from '../../../lambda/live-route/aws';
import type { CustomResourceEvent } from '../../../lambda/shared/custom-resource';
import { bodyOf, httpServer, type Listening } from '../../support/servers/servers';

const codedeploy = mockClient(CodeDeployClient);
const BLUE = 'arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/blue/1';
const GREEN = 'arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/green/2';
const OTHER = 'arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/other/3';

interface CloudFormationResponse {
  Status: string;
  Reason: string;
  Data?: Record<string, string>;
}

let aws: Listening;
let responses: CloudFormationResponse[];
let requests: URLSearchParams[];
let listeners: Record<string, string>;
let rules: Record<string, string>;
let targets: Record<string, number>;
let stackStatus: string;

const list = (items: readonly string[]) => items.map((item) => `<member>${item}</member>`).join('');
const forward = (groups: Record<string, number>) =>
  `<Type>forward</Type><ForwardConfig><TargetGroups>${list(
    Object.entries(groups).map(([arn, weight]) => `<TargetGroupArn>${arn}</TargetGroupArn><Weight>${weight}</Weight>`),
  )}</TargetGroups></ForwardConfig>`;
const rule = (priority: string, groups: Record<string, number>) =>
  `<Priority>${priority}</Priority><Actions>${list([forward(groups)])}</Actions>`;

function resultOf(request: URLSearchParams): string {
  switch (request.get('Action')) {
    case 'DescribeListeners':
      return `<Listeners>${list(
        Object.entries(listeners).map(([arn, port]) => `<ListenerArn>${arn}</ListenerArn><Port>${port}</Port>`),
      )}</Listeners>`;
    case 'DescribeRules':
      return `<Rules>${rules[request.get('ListenerArn') ?? ''] ?? ''}</Rules>`;
    case 'DescribeTargetHealth': {
      const count = targets[request.get('TargetGroupArn') ?? ''] ?? 0;
      const states = [...Array.from({ length: count }, () => 'healthy'), 'draining'];
      const health = states.map((state) => `<TargetHealth><State>${state}</State></TargetHealth>`);
      return `<TargetHealthDescriptions>${list(health)}</TargetHealthDescriptions>`;
    }
    default:
      return `<Stacks>${list([`<StackStatus>${stackStatus}</StackStatus>`])}</Stacks>`;
  }
}

beforeEach(async () => {
  [responses, requests, stackStatus] = [[], [], 'UPDATE_IN_PROGRESS'];
  [listeners, rules, targets] = [{ production: '80', test: '9080' }, {}, { [BLUE]: 0, [GREEN]: 2 }];
  codedeploy.reset();
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  aws = await httpServer((request, response) => {
    void bodyOf(request).then((body) => {
      if (request.method === 'PUT') {
        responses.push(JSON.parse(body) as CloudFormationResponse);
        return void response.end();
      }
      const call = new URLSearchParams(body);
      requests.push(call);
      const action = call.get('Action') ?? '';
      response.end(`<${action}Response><${action}Result>${resultOf(call)}</${action}Result></${action}Response>`);
    });
  });
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${aws.port}`;
  process.env.AWS_REGION = 'us-east-1';
  inFlight({});
});
afterEach(async () => {
  jest.restoreAllMocks();
  delete process.env.AWS_ENDPOINT_URL;
  await aws.close();
});

function inFlight(deployments: Record<string, DeploymentInfo & { group?: string }>): void {
  codedeploy.on(ListDeploymentGroupsCommand).resolves({ deploymentGroups: ['group'] });
  codedeploy.on(ListDeploymentsCommand).resolves({ deployments: Object.keys(deployments) });
  for (const [deploymentId, { group = 'blue', ...info }] of Object.entries(deployments)) {
    const loadBalancerInfo = { targetGroupPairInfoList: [{ targetGroups: [{ name: group }, { name: 'green' }] }] };
    const deploymentInfo = { loadBalancerInfo: group === 'blue' ? loadBalancerInfo : undefined, ...info };
    codedeploy.on(GetDeploymentCommand, { deploymentId }).resolves({ deploymentInfo });
  }
}

const liveRoute = createLiveRoute(realAws);

async function ask(
  changes: Partial<CustomResourceEvent> = {},
  properties: object = {},
): Promise<CloudFormationResponse> {
  await liveRoute({
    RequestType: 'Update',
    ResponseURL: `http://127.0.0.1:${aws.port}/response`,
    StackId: 'arn:aws:cloudformation:us-east-1:111111111111:stack/Shop/1',
    RequestId: 'request-1',
    LogicalResourceId: 'LiveRoute',
    PhysicalResourceId: 'LiveRoute-1',
    ResourceProperties: {
      ServiceToken: 'arn:aws:lambda:us-east-1:111111111111:function:live-route',
      ServiceName: 'web',
      BlueTargetGroupArn: BLUE,
      GreenTargetGroupArn: GREEN,
      Location: { LoadBalancerArn: 'load-balancer', Port: '80' },
      ApplicationName: 'app',
      ...properties,
    },
    ...changes,
  });
  return responses[0] as CloudFormationResponse;
}

test('the first creation names blue, though there is no listener yet', async () => {
  [listeners, targets] = [{}, {}];
  expect(await ask({ RequestType: 'Create' })).toMatchObject({ Status: 'SUCCESS', Data: { TargetGroupArn: BLUE } });
});

test('names what the listener of the port forwards to, not the test listener', async () => {
  rules = {
    production: list([rule('default', { [BLUE]: 0, [GREEN]: 100 })]),
    test: list([rule('default', { [BLUE]: 100 })]),
  };
  expect(await ask()).toMatchObject({ Status: 'SUCCESS', Data: { TargetGroupArn: GREEN } });
});

test('finds the listener by its old port when the port changes', async () => {
  // Tasks on both sides: only what the listener does can say which is live.
  targets = { [BLUE]: 1, [GREEN]: 1 };
  listeners = { production: '8080' };
  rules = { production: list([rule('default', { [GREEN]: 1 })]) };
  const old = { Location: { LoadBalancerArn: 'load-balancer', Port: '8080' } };
  expect(await ask({ OldResourceProperties: old })).toMatchObject({ Data: { TargetGroupArn: GREEN } });
});

test('reads the rule of its priority on an existing listener, and no rule of others', async () => {
  targets = { [BLUE]: 1, [GREEN]: 1 };
  rules = { shared: list([rule('5', { [BLUE]: 1 }), rule('7', { [GREEN]: 1 }), rule('default', { [OTHER]: 1 })]) };
  const response = await ask({}, { Location: { ListenerArn: 'shared', Priority: '7' } });
  expect(response).toMatchObject({ Status: 'SUCCESS', Data: { TargetGroupArn: GREEN } });
  expect(requests.map((call) => call.get('Action'))).not.toContain('DescribeListeners');
});

test('finds the rule by its old priority when the priority changes', async () => {
  targets = { [BLUE]: 1, [GREEN]: 1 };
  rules = { shared: list([rule('5', { [BLUE]: 1 }), rule('7', { [GREEN]: 1 })]) };
  const at = (Priority: string) => ({ Location: { ListenerArn: 'shared', Priority } });
  expect(await ask({ OldResourceProperties: at('7') }, at('9'))).toMatchObject({ Data: { TargetGroupArn: GREEN } });
});

test('a deployment that CodeDeploy created by itself is a rollback, and the reason says so', async () => {
  rules = { production: list([rule('default', { [BLUE]: 90, [GREEN]: 10 })]) };
  inFlight({ 'd-9': { status: 'InProgress', creator: 'codeDeployRollback' } });
  expect((await ask()).Reason).toContain('deployment d-9 is rolling back (now blue 90 %, green 10 %)');
});

test('refuses during a deployment of the pair, with its id', async () => {
  rules = { production: list([rule('default', { [BLUE]: 90, [GREEN]: 10 })]) };
  inFlight({ 'd-9': { status: 'InProgress' } });
  const { Status, Reason } = await ask();
  expect(Status).toBe('FAILED');
  expect(Reason).toContain('web: deployment d-9 is moving the traffic (now blue 90 %, green 10 %)');
});

test('a deployment of another pair of the application, or one that only waits to end, does not matter', async () => {
  rules = { production: list([rule('default', { [GREEN]: 1 })]) };
  inFlight({ 'd-8': { group: 'elsewhere' }, 'd-9': { instanceTerminationWaitTimeStarted: true } });
  expect(await ask()).toMatchObject({ Status: 'SUCCESS', Data: { TargetGroupArn: GREEN } });
});

test('asks for one deployment group where it is named, which need not exist yet', async () => {
  rules = { production: list([rule('default', { [GREEN]: 1 })]) };
  const DeploymentGroupName = 'shop';
  inFlight({ 'd-9': { status: 'InProgress' } });
  expect(await ask({}, { DeploymentGroupName })).toMatchObject({ Status: 'FAILED' });
  expect(codedeploy.commandCalls(ListDeploymentGroupsCommand)).toEqual([]);
  expect(codedeploy.commandCalls(ListDeploymentsCommand)[0]?.args[0].input).toMatchObject({
    applicationName: 'app',
    deploymentGroupName: 'shop',
  });
});

test('a deployment group that does not exist yet moves nothing', async () => {
  [listeners, targets] = [{}, {}];
  const gone = Object.assign(new Error('No Deployment Group found'), { name: 'DeploymentGroupDoesNotExistException' });
  codedeploy.on(ListDeploymentsCommand).rejects(gone);
  expect(await ask({ RequestType: 'Create' }, { DeploymentGroupName: 'shop' })).toMatchObject({
    Status: 'SUCCESS',
    Data: { TargetGroupArn: BLUE },
  });
});

test.each([
  [90, 10, BLUE],
  [10, 90, GREEN],
])(
  'a rollback of the stack is not refused: of blue %i and green %i it gets the heavier',
  async (blue, green, heavier) => {
    rules = { production: list([rule('default', { [BLUE]: blue, [GREEN]: green })]) };
    inFlight({ 'd-9': { status: 'InProgress' } });
    stackStatus = 'UPDATE_ROLLBACK_IN_PROGRESS';
    expect(await ask()).toMatchObject({ Status: 'SUCCESS', Data: { TargetGroupArn: heavier } });
  },
);

test('a delete needs nothing, and a wrong resource says everything that is missing', async () => {
  expect(await ask({ RequestType: 'Delete' }, { BlueTargetGroupArn: '' })).toMatchObject({ Status: 'SUCCESS' });
  responses = [];
  const { Reason } = await ask({}, { BlueTargetGroupArn: '', Location: {} });
  expect(Reason).toContain(
    'invalid properties of the live route: BlueTargetGroupArn is missing; ' +
      'Location is {}: a ListenerArn, or a LoadBalancerArn and a Port',
  );
  expect(requests).toEqual([]);
});

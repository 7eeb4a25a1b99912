/** A release function whose AWS is mocked and whose CloudFormation is a server. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchGetDeploymentsCommand,
  BatchGetDeploymentTargetsCommand,
  CodeDeployClient,
  CreateDeploymentCommand,
  type DeploymentInfo,
  GetDeploymentCommand,
  ListDeploymentsCommand,
} from '@aws-sdk/client-codedeploy';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandInput,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import type { CustomResourceEvent } from '../../../lambda/shared/custom-resource';
import type { ReleaseProperties, WaiterState } from '../../../lambda/release/types';
import { createRelease } from '../../../lambda/release/handler';
import { aws } from '../../../lambda/release/aws';
import { bodyOf, httpServer, type Listening } from '../../support/servers/servers';

export const codedeploy = mockClient(CodeDeployClient);
export const ecs = mockClient(ECSClient);
export const states = mockClient(SFNClient);
export const logs = mockClient(CloudWatchLogsClient);
export const cloudwatch = mockClient(CloudWatchClient);

export const TASK_DEFINITION = 'arn:aws:ecs:us-east-1:111111111111:task-definition/web:';
export const properties: ReleaseProperties = {
  ServiceToken: 'arn:aws:lambda:us-east-1:111111111111:function:release',
  ServiceName: 'web',
  ApplicationName: 'app',
  DeploymentGroupName: 'group',
  DeploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce',
  ClusterName: 'cluster',
  EcsServiceName: 'web-service',
  AppSpec: '{"version":1}',
  TaskDefinition: `${TASK_DEFINITION}2`,
  GateLogGroups: { AfterAllowTestTraffic: '/aws/lambda/smoke' },
  AlarmNames: ['web-errors', 'web-latency'],
  TimeoutSeconds: '3000',
};

interface CloudFormationResponse {
  Status: string;
  Reason: string;
  PhysicalResourceId: string;
  Data?: Record<string, string>;
}

/** What one test sets, and what CloudFormation got. */
export const world = {
  server: undefined as unknown as Listening,
  responses: [] as CloudFormationResponse[],
  /** Requests to CloudFormation's URL that fail before one is taken. */
  failures: 0,
  stackRollsBack: false,
  stackIsAtRest: false,
};
beforeEach(async () => {
  world.responses = [];
  suspensions.length = 0;
  world.stackRollsBack = false;
  world.stackIsAtRest = false;
  world.failures = 0;
  for (const mock of [codedeploy, ecs, states, logs, cloudwatch]) mock.reset();
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  world.server = await httpServer((request, response) => {
    void bodyOf(request).then((body) => {
      if (request.method !== 'PUT' || request.headers['content-type'] !== '' || world.failures-- > 0) {
        response.writeHead(503).end();
        return;
      }
      world.responses.push(JSON.parse(body) as CloudFormationResponse);
      response.end();
    });
  });
  live(1);
  inFlight({});
  codedeploy.on(CreateDeploymentCommand).resolves({ deploymentId: 'd-NEW' });
  states.on(StartExecutionCommand).resolves({});
  states.on(DescribeExecutionCommand).callsFake(({ executionArn }: DescribeExecutionCommandInput) => {
    if (executionArn?.includes('release-')) throw Object.assign(new Error('none'), { name: 'ExecutionDoesNotExist' });
    return { status: 'SUCCEEDED' };
  });
  states.on(ListExecutionsCommand).resolves({ executions: [] });
  codedeploy.on(BatchGetDeploymentTargetsCommand).resolves({ deploymentTargets: [] });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await world.server.close();
});

/** Each call's `suspended`. */
export const suspensions: boolean[] = [];
export const suspendScaling = (_place: unknown, suspended: boolean) =>
  Promise.resolve(void suspensions.push(suspended));
export const isRollingBack = () => Promise.resolve(world.stackRollsBack);
export const isInProgress = () => Promise.resolve(!world.stackIsAtRest);
export const release = createRelease(
  { GREENLIGHT_WAITER_ARN: 'arn:aws:states:::waiter' },
  { ...aws, suspendScaling, isRollingBack, isInProgress },
);

export const event = (changes: Partial<CustomResourceEvent> = {}): CustomResourceEvent => ({
  RequestType: 'Update',
  ResponseURL: `http://127.0.0.1:${world.server.port}/response?signature=1`,
  StackId: 'arn:aws:cloudformation:us-east-1:111111111111:stack/Greenlight/1',
  RequestId: 'request-1',
  LogicalResourceId: 'Release',
  PhysicalResourceId: 'Release-1',
  ResourceProperties: { ...properties },
  ...changes,
});

export function live(revision: number): void {
  const taskSets = [
    { status: 'DRAINING', taskDefinition: `${TASK_DEFINITION}9` },
    { status: 'PRIMARY', taskDefinition: `${TASK_DEFINITION}${revision}` },
  ];
  ecs.on(DescribeServicesCommand).resolves({ services: [{ taskSets }] });
}

const IN_FLIGHT = ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'] as const;

export function inFlight(revisions: Record<string, string>): void {
  codedeploy.on(ListDeploymentsCommand).resolves({ deployments: [] });
  codedeploy
    .on(ListDeploymentsCommand, { includeOnlyStatuses: [...IN_FLIGHT] })
    .resolves({ deployments: Object.keys(revisions) });
  codedeploy.on(BatchGetDeploymentsCommand).resolves({
    deploymentsInfo: Object.entries(revisions).map(([deploymentId, sha]) => ({
      deploymentId,
      status: 'InProgress',
      description: 'cdk-greenlight: web',
      revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256: sha } },
    })),
  });
}

export function deployment(deploymentId: string, deploymentInfo: DeploymentInfo): void {
  codedeploy
    .on(GetDeploymentCommand, { deploymentId })
    .resolves({ deploymentInfo: { deploymentId, ...deploymentInfo } });
}

export const created = () => codedeploy.commandCalls(CreateDeploymentCommand).map((call) => call.args[0].input);
export const startedAs = <S extends { kind: string }>(kind: S['kind']) =>
  states
    .commandCalls(StartExecutionCommand)
    .map(({ args: [{ input }] }) => ({ name: input.name, state: JSON.parse(input.input ?? '') as S }))
    .filter(({ state }) => state.kind === kind);
export const started = () => startedAs<WaiterState>('greenlight.wait').map(({ state }) => state);

export const createTime = new Date(Date.now() - 600_000);
export const completeTime = new Date(Date.now() - 300_000);
export const state = (changes: Partial<WaiterState> = {}): WaiterState => ({
  kind: 'greenlight.wait',
  requestType: 'Update',
  responseUrl: `http://127.0.0.1:${world.server.port}/response`,
  stackId: 'stack',
  requestId: 'request-1',
  logicalResourceId: 'Release',
  physicalResourceId: 'Release-1',
  deploymentId: 'd-1',
  startedAt: createTime.toISOString(),
  properties,
  done: false,
  pollAgainSeconds: 10,
  ...changes,
});

export function lifecycle(events: Record<string, string>): void {
  const lifecycleEvents = Object.entries(events).map(([lifecycleEventName, status]) => ({
    lifecycleEventName,
    status: status as 'Succeeded',
  }));
  codedeploy
    .on(BatchGetDeploymentTargetsCommand, { deploymentId: 'd-1', targetIds: ['cluster:web-service'] })
    .resolves({ deploymentTargets: [{ ecsTarget: { lifecycleEvents } }] });
}

export const failedBy = (code: 'HOOK_EXECUTION_FAILURE' | 'ALARM_ACTIVE', rest: DeploymentInfo = {}) =>
  deployment('d-1', {
    status: 'Failed',
    createTime,
    completeTime,
    errorInformation: { code, message: `${code} happened.` },
    rollbackInfo: { rollbackDeploymentId: 'd-2' },
    ...rest,
  });

import { INTERNAL, AwsError, type Operation, type Operations } from '../../../rehearsal/core/service';
import { createCodeDeploy } from '../../../rehearsal/services/codedeploy';
import type { Action } from '../../../rehearsal/services/codedeploy/traffic';
import { testWorld } from './world';

export const BLUE = 'arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/tg-a/1';
export const GREEN = 'arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/tg-b/2';
const OTHER = 'arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/other/3';
const ROLE = 'arn:aws:iam::111111111111:role/deploy';

interface FakeTaskSet {
  id: string;
  taskSetArn: string;
  status: string;
  stabilityStatus: string;
  computedDesiredCount: number;
  runningCount: number;
  pendingCount: number;
  taskDefinition: string;
  launchType: string;
  loadBalancers: { targetGroupArn: string }[];
  networkConfiguration?: unknown;
  externalId?: string;
}

/** The services that CodeDeploy calls, in memory and in AWS's shapes. */
export class FakeAws {
  readonly denied = new Set<string>();
  readonly invoked: { name: string; payload: { DeploymentId: string; LifecycleEventHookExecutionId: string } }[] = [];
  readonly alarms: Record<string, string> = { errors: 'OK' };
  readonly calls: string[] = [];
  steady = true;
  private count = 1;
  taskSets: FakeTaskSet[] = [taskSet('ecs-svc/1', 'PRIMARY', 'app:1', BLUE)];
  readonly listeners: Record<string, Action[]> = {
    prod: [{ Type: 'forward', TargetGroupArn: BLUE }],
    test: [{ Type: 'forward', TargetGroupArn: BLUE }],
  };
  readonly rules: Record<string, Action[]> = {
    api: [{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: BLUE, Weight: 1 }] } }],
    foreign: [{ Type: 'forward', TargetGroupArn: OTHER }],
  };

  weights(actions: Action[] | undefined): Record<string, number | undefined> {
    const groups = actions?.[0]?.ForwardConfig?.TargetGroups ?? [];
    return Object.fromEntries(groups.map(({ TargetGroupArn, Weight }) => [TargetGroupArn, Weight]));
  }

  services(): { prefix: string; operations: Operations }[] {
    const guard = (prefix: string, operations: Record<string, (input: never) => unknown>) => ({
      prefix,
      operations: Object.fromEntries<Operation>(
        Object.entries(operations).map(([name, run]) => [
          name,
          { handle: (input: unknown) => this.run(`${prefix}:${name}`, () => run(input as never)) },
        ]),
      ),
    });
    return [
      guard('ecs', this.ecs()),
      guard('elasticloadbalancing', this.elb()),
      guard('lambda', this.lambda()),
      guard('cloudwatch', this.cloudwatch()),
    ];
  }

  private run(action: string, run: () => unknown): unknown {
    this.calls.push(action);
    if (this.denied.has(action))
      throw new AwsError('AccessDeniedException', `not authorized to perform: ${action}`, 403);
    return run();
  }

  private ecs(): Record<string, (input: never) => unknown> {
    return {
      DescribeServices: () => ({
        services: [
          {
            serviceArn: 'arn:service',
            status: 'ACTIVE',
            deploymentController: { type: 'CODE_DEPLOY' },
            taskSets: this.taskSets.map((each) => ({
              ...each,
              stabilityStatus: this.steady ? 'STEADY_STATE' : 'STABILIZING',
            })),
          },
        ],
      }),
      CreateTaskSet: (input: {
        externalId: string;
        taskDefinition: string;
        loadBalancers: { targetGroupArn: string }[];
        networkConfiguration?: unknown;
      }) => {
        const created = {
          ...taskSet(
            `ecs-svc/${++this.count}`,
            'ACTIVE',
            input.taskDefinition,
            input.loadBalancers[0]?.targetGroupArn ?? '',
          ),
          externalId: input.externalId,
          networkConfiguration: input.networkConfiguration,
        };
        this.taskSets.push(created);
        return { taskSet: created };
      },
      UpdateServicePrimaryTaskSet: (input: { primaryTaskSet: string }) => {
        for (const each of this.taskSets) each.status = each.taskSetArn === input.primaryTaskSet ? 'PRIMARY' : 'ACTIVE';
        return {};
      },
      DeleteTaskSet: (input: { taskSet: string }) => {
        this.taskSets = this.taskSets.filter((each) => each.taskSetArn !== input.taskSet);
        return {};
      },
    };
  }

  private elb(): Record<string, (input: never) => unknown> {
    return {
      DescribeTargetGroups: () => ({
        TargetGroups: [
          { TargetGroupArn: BLUE, TargetGroupName: 'tg-a' },
          { TargetGroupArn: GREEN, TargetGroupName: 'tg-b' },
        ],
      }),
      DescribeListeners: ({ ListenerArns: [arn = ''] }: { ListenerArns: string[] }) => ({
        Listeners: [{ ListenerArn: arn, DefaultActions: this.listeners[arn] }],
      }),
      DescribeRules: ({ ListenerArn }: { ListenerArn: string }) => ({
        Rules:
          ListenerArn === 'prod'
            ? Object.entries(this.rules).map(([RuleArn, Actions]) => ({ RuleArn, Actions, IsDefault: false }))
            : [],
      }),
      ModifyListener: (input: { ListenerArn: string; DefaultActions: Action[] }) =>
        void (this.listeners[input.ListenerArn] = input.DefaultActions),
      ModifyRule: (input: { RuleArn: string; Actions: Action[] }) => void (this.rules[input.RuleArn] = input.Actions),
    };
  }

  private lambda(): Record<string, (input: never) => unknown> {
    return {
      Invoke: (input: { FunctionName: string; InvocationType: string; Payload: string }) => {
        if (input.InvocationType !== 'Event') throw new AwsError('InvalidParameterValueException', 'not asynchronous');
        this.invoked.push({
          name: input.FunctionName,
          payload: JSON.parse(input.Payload) as FakeAws['invoked'][number]['payload'],
        });
        return { StatusCode: 202 };
      },
    };
  }

  private cloudwatch(): Record<string, (input: never) => unknown> {
    return {
      DescribeAlarms: ({ AlarmNames }: { AlarmNames: string[] }) => ({
        MetricAlarms: AlarmNames.filter((name) => name in this.alarms).map((AlarmName) => ({
          AlarmName,
          StateValue: this.alarms[AlarmName],
        })),
        CompositeAlarms: [],
      }),
    };
  }
}

function taskSet(id: string, status: string, taskDefinition: string, targetGroupArn: string): FakeTaskSet {
  return {
    id,
    taskSetArn: `arn:aws:ecs:us-east-1:111111111111:task-set/c/s/${id}`,
    status,
    stabilityStatus: 'STEADY_STATE',
    computedDesiredCount: 2,
    runningCount: 2,
    pendingCount: 0,
    taskDefinition,
    launchType: 'FARGATE',
    loadBalancers: [{ targetGroupArn }],
  };
}

export const GROUP = {
  ApplicationName: 'app',
  DeploymentGroupName: 'group',
  ServiceRoleArn: ROLE,
  DeploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
  ECSServices: [{ ClusterName: 'c', ServiceName: 's' }],
  LoadBalancerInfo: {
    TargetGroupPairInfoList: [
      {
        TargetGroups: [{ Name: 'tg-a' }, { Name: 'tg-b' }],
        ProdTrafficRoute: { ListenerArns: ['prod'] },
        TestTrafficRoute: { ListenerArns: ['test'] },
      },
    ],
  },
  BlueGreenDeploymentConfiguration: {
    DeploymentReadyOption: { ActionOnTimeout: 'CONTINUE_DEPLOYMENT', WaitTimeInMinutes: '0' },
    TerminateBlueInstancesOnDeploymentSuccess: { Action: 'TERMINATE', TerminationWaitTimeInMinutes: '10' },
  },
  AlarmConfiguration: { Enabled: true, Alarms: [{ Name: 'errors' }] },
  AutoRollbackConfiguration: {
    Enabled: true,
    Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
  },
};

export function appSpec(hooks: Record<string, string> = {}, version = 2): string {
  return JSON.stringify({
    version: 1,
    Resources: [
      {
        TargetService: {
          Type: 'AWS::ECS::Service',
          Properties: {
            TaskDefinition: `app:${version}`,
            LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 },
            NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['subnet-1'], SecurityGroups: ['sg-1'] } },
          },
        },
      },
    ],
    Hooks: Object.entries(hooks).map(([name, target]) => ({ [name]: target })),
  });
}

/** A world with the fakes, one application and one deployment group. */
export async function codedeployWorld(group: Record<string, unknown> = GROUP) {
  const world = testWorld();
  const aws = new FakeAws();
  const service = createCodeDeploy(world);
  aws.services().forEach((each) => world.add(each));
  world.add(service);
  const request = { stackName: 'S', stackId: 's', logicalId: 'L', signal: new AbortController().signal };
  await service.resourceTypes?.['AWS::CodeDeploy::Application']?.create({
    ...request,
    properties: { ApplicationName: 'app', ComputePlatform: 'ECS' },
  });
  await service.resourceTypes?.['AWS::CodeDeploy::DeploymentGroup']?.create({ ...request, properties: group });
  const call = <T = Record<string, never>>(operation: string, input: unknown) =>
    world.call<T>(INTERNAL, 'codedeploy', operation, input);
  const deploy = async (content: string, rest: Record<string, unknown> = {}) =>
    (
      await call<{ deploymentId: string }>('CreateDeployment', {
        applicationName: 'app',
        deploymentGroupName: 'group',
        revision: { revisionType: 'AppSpecContent', appSpecContent: { content } },
        ...rest,
      })
    ).deploymentId;
  const info = async (deploymentId: string) =>
    (await call<{ deploymentInfo: DeploymentInfo }>('GetDeployment', { deploymentId })).deploymentInfo;
  const endHook = (status: string) => {
    const { DeploymentId, LifecycleEventHookExecutionId } = aws.invoked.at(-1)?.payload ?? {};
    return call('PutLifecycleEventHookExecutionStatus', {
      deploymentId: DeploymentId,
      lifecycleEventHookExecutionId: LifecycleEventHookExecutionId,
      status,
    });
  };
  return { world, aws, service, request, call, deploy, info, endHook };
}

export interface DeploymentInfo {
  status: string;
  creator: string;
  deploymentConfigName: string;
  errorInformation?: { code: string; message: string };
  rollbackInfo?: { rollbackDeploymentId?: string; rollbackTriggeringDeploymentId?: string; rollbackMessage?: string };
  instanceTerminationWaitTimeStarted: boolean;
  revision: { appSpecContent: { content: string | null; sha256: string } };
}

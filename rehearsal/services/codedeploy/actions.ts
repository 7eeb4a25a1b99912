import type { AppSpec } from './app-spec';
import { type CallAsRole, describeService, findSlots, productionListener, testListener } from './environment';
import type { Environment } from './environment-state';
import type { Hook } from './machine';
import { DeploymentFailure } from './messages';
import type { AlarmConfiguration, DeploymentGroup } from './state';
import { withShare } from './traffic';

/** What a deployment does in the world, always as the deployment group's service role. */
export interface Target {
  readonly call: CallAsRole;
  readonly group: DeploymentGroup;
  readonly environment: Environment;
}

/** Green gets `greenPercent` of what the route's listener forwards to the pair. */
export async function route(target: Target, listenerArn: string, greenPercent: number): Promise<void> {
  const { call, environment } = target;
  for (const slot of await findSlots(call, listenerArn, environment.pair)) {
    const actions = withShare(slot.actions, environment.pair, greenPercent);
    if (slot.ruleArn) await call('elasticloadbalancing', 'ModifyRule', { RuleArn: slot.ruleArn, Actions: actions });
    else await call('elasticloadbalancing', 'ModifyListener', { ListenerArn: listenerArn, DefaultActions: actions });
  }
}

export async function routeProduction(target: Target, greenPercent: number): Promise<void> {
  await route(target, productionListener(target.group), greenPercent);
  target.environment.greenPercent = greenPercent;
}

export async function routeTest(target: Target, greenPercent: number): Promise<void> {
  const listenerArn = testListener(target.group);
  if (!listenerArn) return;
  await route(target, listenerArn, greenPercent);
  target.environment.testGreenPercent = greenPercent;
}

/**
 * The green target group goes behind the production listener with weight 0 first: ECS refuses a target group that has
 * no load balancer, and without one no health check runs.
 * @param inEffect resolves once the listener's change has reached every request
 */
export async function createGreen(
  target: Target,
  deploymentId: string,
  appSpec: AppSpec,
  inEffect: () => Promise<void>,
): Promise<void> {
  const { call, environment } = target;
  await routeProduction(target, 0);
  await removeLeftOver(target, inEffect);
  const { taskSet } = await call<{ taskSet: { taskSetArn: string } }>('ecs', 'CreateTaskSet', {
    cluster: environment.clusterName,
    service: environment.serviceName,
    externalId: deploymentId,
    scale: { value: 100, unit: 'PERCENT' },
    ...launchSettings(environment, appSpec),
  });
  environment.greenTaskSetArn = taskSet.taskSetArn;
}

/** What an earlier deployment that was stopped without a rollback left behind, in the target group that green gets. */
async function removeLeftOver({ call, group, environment }: Target, inEffect: () => Promise<void>): Promise<void> {
  const { taskSets = [] } = await describeService(call, group);
  const left = taskSets.filter(
    ({ taskSetArn, status }) => status !== 'DRAINING' && taskSetArn !== environment.blueTaskSet.taskSetArn,
  );
  // It may have had a share of production until now: removed earlier, it would take requests down with it.
  if (left.length > 0) await inEffect();
  const { clusterName: cluster, serviceName: service } = environment;
  for (const { taskSetArn: taskSet } of left)
    await call('ecs', 'DeleteTaskSet', { cluster, service, taskSet, force: true });
}

/** What the AppSpec leaves out comes from the running task set, but for the capacity provider strategy, which is lost. */
function launchSettings({ blueTaskSet, service, pair }: Environment, { service: spec }: AppSpec) {
  const { LoadBalancerInfo, NetworkConfiguration, CapacityProviderStrategy } = spec;
  const vpc = NetworkConfiguration?.AwsvpcConfiguration;
  const platformVersion = spec.PlatformVersion ?? blueTaskSet.platformVersion;
  const networkConfiguration = vpc
    ? {
        awsvpcConfiguration: {
          subnets: vpc.Subnets,
          securityGroups: vpc.SecurityGroups ?? [],
          assignPublicIp: vpc.AssignPublicIp ?? 'DISABLED',
        },
      }
    : (blueTaskSet.networkConfiguration ?? service.networkConfiguration);
  return {
    taskDefinition: spec.TaskDefinition,
    loadBalancers: [
      {
        targetGroupArn: pair.green,
        containerName: LoadBalancerInfo.ContainerName,
        containerPort: LoadBalancerInfo.ContainerPort,
      },
    ],
    ...(networkConfiguration !== undefined && { networkConfiguration }),
    ...(platformVersion !== undefined && { platformVersion }),
    ...(CapacityProviderStrategy
      ? {
          capacityProviderStrategy: CapacityProviderStrategy.map(({ CapacityProvider, Weight, Base }) => ({
            capacityProvider: CapacityProvider,
            ...(Weight !== undefined && { weight: Weight }),
            ...(Base !== undefined && { base: Base }),
          })),
        }
      : { launchType: blueTaskSet.launchType ?? service.launchType ?? 'FARGATE' }),
  };
}

export async function isGreenSteady({ call, group, environment }: Target): Promise<boolean> {
  const service = await describeService(call, group);
  const green = service.taskSets?.find((taskSet) => taskSet.taskSetArn === environment.greenTaskSetArn);
  return green?.stabilityStatus === 'STEADY_STATE';
}

export async function makePrimary({ call, environment }: Target, side: 'blue' | 'green'): Promise<void> {
  await call('ecs', 'UpdateServicePrimaryTaskSet', {
    cluster: environment.clusterName,
    service: environment.serviceName,
    primaryTaskSet: side === 'green' ? environment.greenTaskSetArn : environment.blueTaskSet.taskSetArn,
  });
  environment.primary = side;
}

export async function deleteTaskSet({ call, environment }: Target, side: 'blue' | 'green'): Promise<void> {
  const taskSet = side === 'green' ? environment.greenTaskSetArn : environment.blueTaskSet.taskSetArn;
  const { clusterName: cluster, serviceName: service } = environment;
  await call('ecs', 'DeleteTaskSet', { cluster, service, taskSet, force: true });
}

/** Asynchronous; the payload names neither the lifecycle event nor the target. */
export async function invokeHook(call: CallAsRole, deploymentId: string, hook: Hook): Promise<void> {
  const Payload = JSON.stringify({ DeploymentId: deploymentId, LifecycleEventHookExecutionId: hook.executionId });
  await call('lambda', 'Invoke', { FunctionName: hook.functionName, InvocationType: 'Event', Payload });
}

/**
 * Names of the configured alarms that are in ALARM. Metric alarms: CodeDeploy's documentation describes an alarm as what
 * "watches a single metric". https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-create-alarms.html
 * @throws DeploymentFailure when they cannot be read, or one does not exist
 */
export async function activeAlarms(call: CallAsRole, configuration: AlarmConfiguration): Promise<readonly string[]> {
  const AlarmNames = configuration.alarms?.map(({ name }) => name) ?? [];
  if (!configuration.enabled || AlarmNames.length === 0) return [];
  type Found = readonly { readonly AlarmName: string; readonly StateValue: string }[];
  const { MetricAlarms: found } = await call<{ MetricAlarms: Found }>('cloudwatch', 'DescribeAlarms', { AlarmNames });
  const missing = AlarmNames.filter((name) => !found.some((alarm) => alarm.AlarmName === name));
  if (missing.length > 0)
    throw new DeploymentFailure({
      code: 'INTERNAL_ERROR',
      message: `The alarms could not be read: ${missing.join(', ')} not found.`,
    });
  return found.filter((alarm) => alarm.StateValue === 'ALARM').map((alarm) => alarm.AlarmName);
}

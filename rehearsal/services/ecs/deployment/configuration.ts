/** A service's `deploymentConfiguration`: what of it is refused, and the plan that it makes of a deployment. Pure. */
import { AwsError } from '../../../core/service';
import type { LoadBalancer } from '../shapes';
import type { DeploymentPlan, Hook, HookAction, Strategy } from './deployment-state';
import { HOOKABLE_STAGES, linearShares, PAUSABLE_STAGES, type Stage } from './stages';

/** A number or a boolean, which CloudFormation's templates may write as text. */
type Scalar = number | string | boolean;

export interface HookConfiguration {
  readonly targetType?: string;
  readonly hookTargetArn?: string;
  readonly roleArn?: string;
  readonly lifecycleStages?: readonly string[];
  readonly hookDetails?: unknown;
  readonly timeoutConfiguration?: { readonly timeoutInMinutes?: Scalar; readonly action?: HookAction };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
export interface DeploymentConfiguration {
  readonly strategy?: Strategy;
  readonly minimumHealthyPercent?: Scalar;
  readonly maximumPercent?: Scalar;
  readonly bakeTimeInMinutes?: Scalar;
  readonly linearConfiguration?: { readonly stepPercent?: Scalar; readonly stepBakeTimeInMinutes?: Scalar };
  readonly canaryConfiguration?: { readonly canaryPercent?: Scalar; readonly canaryBakeTimeInMinutes?: Scalar };
  readonly lifecycleHooks?: readonly HookConfiguration[];
  readonly alarms?: { readonly alarmNames?: readonly string[]; readonly enable?: Scalar; readonly rollback?: Scalar };
  readonly deploymentCircuitBreaker?: {
    readonly enable?: Scalar;
    readonly rollback?: Scalar;
    readonly resetOnHealthyTask?: Scalar;
    readonly thresholdConfiguration?: { readonly type?: string; readonly value?: Scalar };
  };
}

const MINUTE_MS = 60_000;
/** "default 1440 minutes": https://docs.aws.amazon.com/AmazonECS/latest/developerguide/pause-lifecycle-hooks.html */
const HOOK_TIMEOUT_MINUTES = 1440;
const HOOKS_MAX = 10;

export const strategyOf = ({ strategy = 'ROLLING' }: DeploymentConfiguration): Strategy => strategy;

export const shiftsTraffic = (configuration: DeploymentConfiguration): boolean =>
  strategyOf(configuration) !== 'ROLLING';

const isTrue = (value: Scalar | undefined) => value === true || value === 'true';

/** What of a plan the moment decides. */
export interface PlanCircumstances extends Pick<
  DeploymentPlan,
  'hasSource' | 'reconciles' | 'rollbackDelayMs' | 'idPrefix'
> {
  readonly desiredCount: number;
  /** How long ECS watches alarms after a rolling update; it computes this time itself. */
  readonly alarmBakeMs: number;
}

export function planOf(configuration: DeploymentConfiguration, circumstances: PlanCircumstances): DeploymentPlan {
  const { desiredCount, alarmBakeMs, ...rest } = circumstances;
  const strategy = strategyOf(configuration);
  const { alarms, deploymentCircuitBreaker: breaker, bakeTimeInMinutes } = configuration;
  const watched = isTrue(alarms?.enable) && alarms?.alarmNames?.length ? alarms.alarmNames : undefined;
  const bakeMs = Number(bakeTimeInMinutes ?? 0) * MINUTE_MS;
  return {
    ...rest,
    strategy,
    hooks: strategy === 'ROLLING' ? [] : (configuration.lifecycleHooks ?? []).map(hookOf),
    ...schedule(configuration),
    bakeMs: watched && bakeTimeInMinutes === undefined ? alarmBakeMs : bakeMs,
    ...(isTrue(breaker?.enable) && {
      circuitBreaker: {
        rollback: isTrue(breaker?.rollback),
        threshold: thresholdOf(breaker?.thresholdConfiguration, desiredCount),
        resetOnHealthyTask: isTrue(breaker?.resetOnHealthyTask ?? true),
      },
    }),
    ...(watched && { alarms: { names: watched, rollback: isTrue(alarms?.rollback) } }),
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ThresholdConfiguration.html */
export function thresholdOf(
  threshold: { readonly type?: string; readonly value?: Scalar } | undefined,
  desiredCount: number,
): number {
  const { type = 'BOUNDED_PERCENT', value = 50 } = threshold ?? {};
  if (type === 'COUNT') return Number(value);
  const share = Math.ceil((Number(value) * desiredCount) / 100);
  return type === 'UNBOUNDED_PERCENT' ? Math.max(1, share) : Math.min(200, Math.max(3, share));
}

/** Defaults of API_LinearConfiguration and API_CanaryConfiguration. */
function schedule(configuration: DeploymentConfiguration): Pick<DeploymentPlan, 'shares' | 'stepBakeMs'> {
  const { linearConfiguration: linear = {}, canaryConfiguration: canary = {} } = configuration;
  if (strategyOf(configuration) === 'LINEAR')
    return {
      shares: linearShares(Number(linear.stepPercent ?? 10)),
      stepBakeMs: Number(linear.stepBakeTimeInMinutes ?? 6) * MINUTE_MS,
    };
  if (strategyOf(configuration) === 'CANARY')
    return {
      shares: [Number(canary.canaryPercent ?? 5), 100].filter((share, index) => index > 0 || share < 100),
      stepBakeMs: Number(canary.canaryBakeTimeInMinutes ?? 10) * MINUTE_MS,
    };
  return { shares: [100], stepBakeMs: 0 };
}

function hookOf({ targetType, hookTargetArn, roleArn, lifecycleStages = [], ...rest }: HookConfiguration): Hook {
  const { timeoutInMinutes = HOOK_TIMEOUT_MINUTES, action = 'ROLLBACK' } = rest.timeoutConfiguration ?? {};
  const isPause = targetType === 'PAUSE';
  return {
    targetType: isPause ? 'PAUSE' : 'AWS_LAMBDA',
    ...(!isPause && { targetArn: hookTargetArn, roleArn, details: rest.hookDetails }),
    stages: lifecycleStages as readonly Stage[],
    timeoutMs: Number(timeoutInMinutes) * MINUTE_MS,
    timeoutAction: action,
  };
}

/** As DescribeServices shows the hooks: Lambda hooks with the timeout in force. */
export function describeConfiguration(configuration: DeploymentConfiguration) {
  const { lifecycleHooks: hooks } = configuration;
  if (!hooks) return configuration;
  const timeoutConfiguration = { timeoutInMinutes: HOOK_TIMEOUT_MINUTES, action: 'ROLLBACK' };
  return {
    ...configuration,
    lifecycleHooks: hooks.map((hook) =>
      hook.targetType === 'PAUSE' ? hook : { targetType: 'AWS_LAMBDA', timeoutConfiguration, ...hook },
    ),
  };
}

const invalid = (message: string) => new AwsError('InvalidParameterException', message);

/**
 * What CreateService and UpdateService refuse before anything starts.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html
 * @throws AwsError InvalidParameterException
 */
export function checkConfiguration(
  configuration: DeploymentConfiguration,
  loadBalancers: readonly LoadBalancer[],
): void {
  checkSchedule(configuration);
  for (const hook of configuration.lifecycleHooks ?? []) checkHook(hook);
  for (const type of ['PAUSE', 'AWS_LAMBDA']) {
    const count = (configuration.lifecycleHooks ?? []).filter(
      ({ targetType = 'AWS_LAMBDA' }) => targetType === type,
    ).length;
    if (count > HOOKS_MAX)
      throw invalid(`A service can have at most ${HOOKS_MAX} ${type} lifecycle hooks. Got: ${count}`);
  }
  checkLoadBalancers(configuration, loadBalancers);
}

function checkSchedule(configuration: DeploymentConfiguration): void {
  const { bakeTimeInMinutes, linearConfiguration: linear, canaryConfiguration: canary } = configuration;
  if (strategyOf(configuration) === 'BLUE_GREEN' && bakeTimeInMinutes === undefined)
    throw invalid('bakeTimeInMinutes must be provided for the BLUE_GREEN deployment strategy');
  within('bakeTimeInMinutes', bakeTimeInMinutes, 0, 1440);
  within('stepPercent', linear?.stepPercent, 3, 100);
  tenths('stepPercent', linear?.stepPercent);
  within('stepBakeTimeInMinutes', linear?.stepBakeTimeInMinutes, 0, 1440);
  within('canaryPercent', canary?.canaryPercent, 0.1, 100);
  tenths('canaryPercent', canary?.canaryPercent);
  within('canaryBakeTimeInMinutes', canary?.canaryBakeTimeInMinutes, 0, 1440);
}

function within(name: string, value: Scalar | undefined, min: number, max: number): void {
  if (value === undefined || (Number(value) >= min && Number(value) <= max)) return;
  throw invalid(`${name} must be between ${min} and ${max}. Got: ${String(value)}`);
}

/** "in multiples of 0.1": API_LinearConfiguration, API_CanaryConfiguration; the sentence is assumed. */
function tenths(name: string, value: Scalar | undefined): void {
  if (value === undefined || Number.isInteger(Number((Number(value) * 10).toFixed(6)))) return;
  throw invalid(`${name} must be a multiple of 0.1. Got: ${String(value)}`);
}

/** What the handlers of CloudFormation wait for, minutes. */
const CLOUDFORMATION_MINUTES_MAX = 33 * 60;

/**
 * All that a deployment waits for by its configuration: bakes, and pauses until their timeout [assumed: each once]. A user of
 * CloudFormation saw the sentence; ECS itself has no such limit.
 * @throws AwsError InvalidParameterException
 */
export function checkCloudFormationBake(configuration: DeploymentConfiguration): void {
  if (!shiftsTraffic(configuration)) return;
  const { shares, stepBakeMs } = schedule(configuration);
  const pauses = (configuration.lifecycleHooks ?? []).map(hookOf).filter(({ targetType }) => targetType === 'PAUSE');
  const pausedMs = pauses.reduce((sum, { timeoutMs, stages }) => sum + timeoutMs * stages.length, 0);
  const bakeMs = Number(configuration.bakeTimeInMinutes ?? 0) * MINUTE_MS;
  const minutes = (bakeMs + (shares.length - 1) * stepBakeMs + pausedMs) / MINUTE_MS;
  if (minutes > CLOUDFORMATION_MINUTES_MAX)
    throw invalid(
      `Total bake time (${minutes} minutes) for progressive deployment exceeds the Cloudformation limit of 33 hours.`,
    );
}

function checkHook({ targetType = 'AWS_LAMBDA', lifecycleStages = [], ...hook }: HookConfiguration): void {
  if (targetType !== 'AWS_LAMBDA' && targetType !== 'PAUSE')
    throw invalid('Invalid targetType. Valid values are: AWS_LAMBDA, PAUSE');
  const allowed: readonly string[] = targetType === 'PAUSE' ? PAUSABLE_STAGES : HOOKABLE_STAGES;
  if (lifecycleStages.length === 0 || lifecycleStages.some((stage) => !allowed.includes(stage)))
    throw invalid(`Invalid lifecycle stage provided for ${targetType === 'PAUSE' ? 'Pause' : 'Lambda'} Hook`);
  if (targetType === 'PAUSE' && (hook.hookTargetArn ?? hook.roleArn) !== undefined)
    throw invalid('hookTargetArn and roleArn are not supported for PAUSE lifecycle hooks');
  if (targetType === 'AWS_LAMBDA' && (!hook.hookTargetArn || !hook.roleArn))
    throw invalid('hookTargetArn and roleArn must be provided for AWS_LAMBDA lifecycle hooks');
  within('timeoutInMinutes', hook.timeoutConfiguration?.timeoutInMinutes, 1, 20_160);
}

const RULE_ARN = /^arn:aws[\w-]*:elasticloadbalancing:[^:]+:\d+:listener-rule\/app\//;

function checkLoadBalancers(configuration: DeploymentConfiguration, loadBalancers: readonly LoadBalancer[]): void {
  const advanced = loadBalancers.flatMap(({ advancedConfiguration }) => advancedConfiguration ?? []);
  if (advanced.length > 0 && advanced.length < loadBalancers.length)
    throw invalid('Either all or none of the provided loadBalancers must have advancedConfiguration defined');
  if (shiftsTraffic(configuration) && loadBalancers.length > 0 && advanced.length === 0)
    throw invalid(
      'advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy',
    );
  const groups = loadBalancers.flatMap(({ targetGroupArn, advancedConfiguration }) => [
    targetGroupArn,
    ...(advancedConfiguration ? [advancedConfiguration.alternateTargetGroupArn] : []),
  ]);
  const twice = groups.find((group, index) => groups.indexOf(group) !== index);
  if (advanced.length > 0 && twice !== undefined) throw invalid(`Duplicate targetGroupArn found: ${twice}`);
  for (const { productionListenerRule, testListenerRule } of advanced) {
    for (const [name, rule] of Object.entries({ productionListenerRule, testListenerRule }))
      if (rule !== undefined && !RULE_ARN.test(rule))
        throw invalid(
          `${name} has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: ${rule}`,
        );
  }
  const production = advanced.flatMap(({ productionListenerRule }) => productionListenerRule ?? []);
  const both = advanced.flatMap(({ testListenerRule: rule }) => (rule && production.includes(rule) ? [rule] : []));
  if (both.length > 0)
    throw invalid(`The following rules cannot be used as both production and test listener rules: ${both.join(', ')}`);
}

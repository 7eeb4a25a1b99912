import { Duration, Token } from 'aws-cdk-lib';
import type { CapacityProviderStrategy } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { approvalProblem } from '../release/approval';
import type { BlueGreenServiceProps } from './blue-green-service-props';
import { mismatchOf } from '../twins/conditions';
import { plainGet } from '../gate/requests';
import { UNKNOWN } from '../internal/wildcards';
import { taskSizeProblem } from './task-size';
import { durationProblem, numberProblem, refuseAll } from '../internal/validate';

/** @throws Error with everything that is wrong with the props */
export function validateService(scope: Construct, props: BlueGreenServiceProps): void {
  const desired = props.desiredCount ?? 2;
  refuseAll(scope, [
    Boolean(props.image) === Boolean(props.taskDefinition)
      ? 'image and taskDefinition: exactly one of them says what to run: set image, or taskDefinition for full control'
      : undefined,
    ownedProblem(props),
    strategyProblem(props.capacityProviderStrategies),
    props.securityGroups?.length === 0
      ? 'securityGroups is empty: tasks need one group, and can have 5: name one, or leave securityGroups out'
      : undefined,
    (props.securityGroups?.length ?? 0) > 5
      ? `${props.securityGroups?.length} securityGroups: a task can have 5 at most: name fewer`
      : undefined,
    props.vpc && props.cluster && props.vpc !== props.cluster.vpc
      ? 'vpc and cluster: the cluster lives in another VPC: leave vpc out, it is taken from the cluster'
      : undefined,
    numberProblem('desiredCount', desired, { min: 1, max: 5000, whole: true }),
    props.maximumCount === undefined
      ? undefined
      : numberProblem('maximumCount', props.maximumCount, { min: desired, max: 5000, whole: true }),
    props.taskDefinition ? undefined : taskSizeProblem(props.cpu ?? 256, props.memoryLimitMiB ?? 512),
    durationProblem('healthCheckGracePeriod', props.healthCheckGracePeriod ?? Duration.minutes(1), {
      minSeconds: 0,
      maxSeconds: 2 ** 31 - 1,
    }),
    Token.isUnresolved(props.healthCheckPath) && !props.suite
      ? 'healthCheckPath is not known at synth, and the suite is packed then: set suite with paths that are known'
      : undefined,
    suitePathProblem(props),
    props.rehearsalCommand?.length === 0
      ? "rehearsalCommand is empty: must name a program: ['node', 'server.js'], or leave it out"
      : undefined,
    approvalProblem(props.approval),
    durationProblem('bakeTime', props.bakeTime ?? Duration.minutes(10), {
      minSeconds: 0,
      maxSeconds: 2880 * 60,
      stepSeconds: 60,
    }),
  ]);
}

/** The suite that is made without `suite` asks for one path, on both listeners; the gate checks the other conditions. */
function suitePathProblem({
  suite,
  conditions,
  healthCheckPath = '/health',
}: BlueGreenServiceProps): string | undefined {
  if (suite || Token.isUnresolved(healthCheckPath) || !healthCheckPath.startsWith('/')) return undefined;
  const mismatch = mismatchOf(conditions, plainGet(healthCheckPath, { hosts: [UNKNOWN] }));
  return mismatch?.field === 'path-pattern'
    ? `conditions take ${mismatch.expected} and not healthCheckPath '${healthCheckPath}', which the gate would ask for: ${mismatch.remedy}`
    : undefined;
}

const OF_IMAGE = [
  'environment',
  'secrets',
  'rehearsalCommand',
  'taskRole',
  'executionRole',
  'logGroup',
  'cpuArchitecture',
  'cpu',
  'memoryLimitMiB',
] as const satisfies readonly (keyof BlueGreenServiceProps)[];

function ownedProblem(props: BlueGreenServiceProps): string | undefined {
  const given = OF_IMAGE.filter((name) => props[name] !== undefined);
  if (!props.taskDefinition || given.length === 0) return undefined;
  return `taskDefinition with ${given.join(', ')}: these belong to the task made from image: set them on your task definition`;
}

const PROVIDERS: readonly string[] = ['FARGATE', 'FARGATE_SPOT'];

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html */
function strategyProblem(strategies: readonly CapacityProviderStrategy[] | undefined): string | undefined {
  if (!strategies) return undefined;
  const problems = [
    ...strategies.map(({ capacityProvider }) =>
      Token.isUnresolved(capacityProvider) || PROVIDERS.includes(capacityProvider)
        ? undefined
        : `capacityProvider '${capacityProvider}': must be one of ${PROVIDERS.join(', ')}`,
    ),
    ...weightProblems(strategies),
  ];
  const found = problems.filter((problem) => problem !== undefined);
  return found.length > 0 ? found.join('; ') : undefined;
}

/** What any capacity providers must hold to. */
export function weightProblems(strategies: readonly CapacityProviderStrategy[] = []): (string | undefined)[] {
  const bases = strategies.filter(({ base }) => (base ?? 0) > 0).length;
  return [
    ...strategies.flatMap(({ capacityProvider, base, weight }) => [
      numberProblem(`base of ${capacityProvider}`, base ?? 0, { min: 0, max: 100_000, whole: true }),
      numberProblem(`weight of ${capacityProvider}`, weight ?? 0, { min: 0, max: 1_000, whole: true }),
    ]),
    bases > 1 ? `${bases} capacity providers have a base: one can: keep it on one of them` : undefined,
    strategies.length > 0 && strategies.every(({ weight }) => (weight ?? 0) === 0)
      ? 'no capacity provider has a weight above 0, so nothing beyond the base could start: give one a weight'
      : undefined,
  ];
}

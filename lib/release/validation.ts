import { Duration, Token } from 'aws-cdk-lib';
import { CompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { CapacityProviderStrategy } from 'aws-cdk-lib/aws-ecs';
import type { EcsReleaseProps } from './ecs-release-props';
import { approvalProblem } from './approval';
import { durationProblem, numberProblem } from '../internal/validate';
import type { ShippedContainer } from './shipped-task';

/** CodeDeploy itself would wait for an hour. */
export const START_TIMEOUT = Duration.minutes(10);

/** https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html */
const ALARMS_MAX = 10;

type Problems = (string | undefined)[];

/** The problems of a release's props, except for the time that it takes. */
export function releaseProblems(props: EcsReleaseProps, container: ShippedContainer): Problems {
  const { maxFailedTasks, approvalTimeout, startTimeout = START_TIMEOUT, securityGroups = [] } = props;
  const alarms = props.alarms?.alarms ?? [];
  return [
    ...containerProblems(props, container),
    props.subnets?.length === 0 ? 'subnets is empty: name the subnets that the tasks run in' : undefined,
    securityGroups.length > 5
      ? `${securityGroups.length} securityGroups: tasks have 5 at most: name those of the service`
      : undefined,
    ...weightProblems(props.capacityProviderStrategies),
    failedTasksProblem(maxFailedTasks),
    durationProblem('startTimeout', startTimeout, { minSeconds: 60, maxSeconds: 3600 }),
    approvalTimeout && approvalProblem({ timeout: approvalTimeout }, 'approvalTimeout'),
    alarms.length > ALARMS_MAX
      ? `${alarms.length} alarms: a deployment group has ${ALARMS_MAX} at most: name those of the deployment group`
      : undefined,
    alarms.some((alarm) => alarm instanceof CompositeAlarm)
      ? 'alarms has a composite alarm, which CodeDeploy does not support: name the metric alarms behind it'
      : undefined,
  ];
}

export function failedTasksProblem(maxFailedTasks: number | undefined): string | undefined {
  if (maxFailedTasks === undefined) return undefined;
  return numberProblem('maxFailedTasks', maxFailedTasks, { min: 1, max: 5000, whole: true });
}

/** The containers of an imported task definition are not known. */
function containerProblems({ taskDefinition }: EcsReleaseProps, { name, port }: ShippedContainer): Problems {
  if (name === undefined)
    return ['containerName: the task definition has no container that is known: set containerName'];
  const unknown =
    !Token.isUnresolved(name) && taskDefinition.defaultContainer && !taskDefinition.findContainer(name)
      ? `containerName '${name}': the task definition has no such container: use the name of one that it has`
      : undefined;
  return [
    unknown,
    port === undefined
      ? `containerPort: the container ${name} maps no port that is known: set containerPort`
      : numberProblem('containerPort', port, { min: 1, max: 65535, whole: true }),
  ];
}

/** What any capacity providers must hold to. */
export function weightProblems(strategies: readonly CapacityProviderStrategy[] = []): Problems {
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

/** How long a part of a release can take. */
export interface BudgetTerm {
  /** What takes the time: `shift of 10 % every 5 min`. */
  readonly name: string;
  readonly minutes: number;
}

/**
 * CloudFormation waits an hour at most for a custom resource.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-customresource.html
 */
export const RELEASE_LIMIT_MINUTES = 60;

/** @returns the error when the terms together exceed the limit: every term, the sum, the limit and the remedy */
export function budgetProblem(terms: readonly BudgetTerm[]): string | undefined {
  const sum = terms.reduce((minutes, term) => minutes + term.minutes, 0);
  if (sum <= RELEASE_LIMIT_MINUTES) return undefined;
  const listed = terms.map((term) => `${term.name} ${term.minutes} min`).join(', ');
  return (
    `${listed}: together ${sum} min; a release inside cdk deploy has ${RELEASE_LIMIT_MINUTES} min at most: ` +
    'shift faster (a shorter interval, a larger percent), or lower startTimeout, gate.timeout, gate.bakeCheckTime or ' +
    'approval.timeout'
  );
}

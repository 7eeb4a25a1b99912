import { Duration, Token } from 'aws-cdk-lib';
import type { CapacityProviderStrategy } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { plainGet } from '../gate/requests';
import { durationProblem, numberProblem, refuse, refuseAll } from '../internal/validate';
import { UNKNOWN } from '../internal/wildcards';
import { weightProblems } from '../release/validation';
import { mismatchOf } from '../twins/conditions';
import type { BlueGreenServiceProps } from './blue-green-service-props';

/** @throws Error with every problem of the props */
export function validateService(scope: Construct, props: BlueGreenServiceProps): void {
  if (!(props as Partial<BlueGreenServiceProps>).task) {
    refuse(scope, 'task is missing: set it to ServiceTask.fromImage() or ServiceTask.fromTaskDefinition()');
  }
  const desired = props.desiredCount ?? 2;
  refuseAll(scope, [
    ...props.task._problems(),
    strategyProblem(props.capacityProviderStrategies),
    props.securityGroups?.length === 0
      ? 'securityGroups is empty: tasks need one group, and can have 5: name one, or leave securityGroups out'
      : undefined,
    (props.securityGroups?.length ?? 0) > 5
      ? `${props.securityGroups?.length} securityGroups: a task can have 5 at most: name fewer`
      : undefined,
    props.vpc && props.cluster && props.vpc !== props.cluster.vpc
      ? 'vpc and cluster: the cluster is in another VPC: leave vpc out, it is taken from the cluster'
      : undefined,
    numberProblem('desiredCount', desired, { min: 1, max: 5000, whole: true }),
    props.maxCapacity === undefined
      ? undefined
      : numberProblem('maxCapacity', props.maxCapacity, { min: desired, max: 5000, whole: true }),
    durationProblem('healthCheckGracePeriod', props.healthCheckGracePeriod ?? Duration.minutes(1), {
      minSeconds: 0,
      maxSeconds: 2 ** 31 - 1,
    }),
    Token.isUnresolved(props.healthCheck?.path) && !props.suite
      ? 'healthCheck.path is not known at synth, when the suite is packed: set suite with paths that are known'
      : undefined,
    suitePathProblem(props),
    durationProblem('bakeTime', props.bakeTime ?? Duration.minutes(10), {
      minSeconds: 0,
      maxSeconds: 2880 * 60,
      stepSeconds: 60,
    }),
  ]);
}

/** The default suite requests one path, on both listeners; the gate checks the other conditions. */
function suitePathProblem({ suite, listener, healthCheck }: BlueGreenServiceProps): string | undefined {
  const path = healthCheck?.path ?? '/health';
  if (suite || Token.isUnresolved(path) || !path.startsWith('/')) return undefined;
  const mismatch = mismatchOf(listener?._settings.conditions, plainGet(path, { hosts: [UNKNOWN] }));
  return mismatch?.field === 'path-pattern'
    ? `listener.conditions take ${mismatch.expected} and not healthCheck.path '${path}', which the gate would request: ${mismatch.remedy}`
    : undefined;
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

import { Duration, Token } from 'aws-cdk-lib';
import { CompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { EcsReleaseProps } from './ecs-release-props';
import { approvalProblem } from './approval';
import { weightProblems } from '../service/validation';
import { durationProblem, numberProblem } from '../internal/validate';

/** CodeDeploy itself would wait for an hour. */
export const START_TIME_LIMIT = Duration.minutes(10);

/** https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html */
const ALARMS_MAX = 10;

/** What is wrong with the props of a release, beside the time that it takes. */
export function releaseProblems(props: EcsReleaseProps): (string | undefined)[] {
  const { failedTasksMax, approvalTimeLimit, startTimeLimit = START_TIME_LIMIT, alarms = [] } = props;
  return [
    numberProblem('containerPort', props.containerPort, { min: 1, max: 65535, whole: true }),
    containerProblem(props),
    props.subnets.length === 0 ? 'subnets is empty: name those that the tasks run in' : undefined,
    props.securityGroups.length > 5
      ? `${props.securityGroups.length} securityGroups: tasks have 5 at most: name those of the service`
      : undefined,
    ...weightProblems(props.capacityProviderStrategies),
    failedTasksMax === undefined
      ? undefined
      : numberProblem('failedTasksMax', failedTasksMax, { min: 1, max: 5000, whole: true }),
    durationProblem('startTimeLimit', startTimeLimit, { minSeconds: 60, maxSeconds: 3600 }),
    approvalTimeLimit && approvalProblem({ timeLimit: approvalTimeLimit }, 'approvalTimeLimit'),
    alarms.length > ALARMS_MAX
      ? `${alarms.length} alarms: a deployment group has ${ALARMS_MAX} at most: name those of the deployment group`
      : undefined,
    alarms.some((alarm) => alarm instanceof CompositeAlarm)
      ? 'alarms holds a composite alarm, which CodeDeploy does not watch: name the metric alarms behind it'
      : undefined,
  ];
}

/** Of an imported task definition the containers are not known. */
function containerProblem({ taskDefinition, containerName }: EcsReleaseProps): string | undefined {
  if (Token.isUnresolved(containerName) || !taskDefinition.defaultContainer) return undefined;
  if (taskDefinition.findContainer(containerName)) return undefined;
  return `containerName '${containerName}': the task definition has no such container: use the name of one that it has`;
}

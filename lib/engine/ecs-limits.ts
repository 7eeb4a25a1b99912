import type { Duration } from 'aws-cdk-lib';
import { durationProblem } from '../internal/validate';
import { failedTasksProblem } from '../release/validation';
import type { Shipped } from './bound-engine';

type Problems = (string | undefined)[];

const OTHER_ENGINE = 'use ReleaseEngine.codeDeploy()';

/**
 * What a stack may wait for a deployment, minutes. ECS refuses more: "Total bake time (X minutes) for progressive deployment
 * exceeds the Cloudformation limit of 33 hours."
 */
const CLOUDFORMATION_MINUTES_MAX = 33 * 60;
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
const BAKE_MINUTES_MAX = 1440;

/** What ECS's own deployments cannot do of what a service asks for. */
export function ecsProblems({ approval, bakeTime, trafficShift, tasks }: Shipped): Problems {
  return [
    approval &&
      durationProblem('approval.timeout', approval.timeout, {
        minSeconds: 60,
        maxSeconds: CLOUDFORMATION_MINUTES_MAX * 60,
        stepSeconds: 60,
        remedy: 'CloudFormation follows a deployment of ECS no longer',
      }),
    durationProblem('bakeTime', bakeTime, {
      minSeconds: 0,
      maxSeconds: BAKE_MINUTES_MAX * 60,
      stepSeconds: 60,
      remedy: `a deployment of ECS bakes for a day at most: shorten it, or ${OTHER_ENGINE}`,
    }),
    ...trafficShift._ecsProblems(OTHER_ENGINE),
    failedTasksProblem(tasks.maxFailedTasks),
    sumProblem({ trafficShift: trafficShift.duration, 'approval.timeout': approval?.timeout, bakeTime }),
  ];
}

function sumProblem(parts: Readonly<Record<string, Duration | undefined>>): string | undefined {
  const given = Object.entries(parts).filter((part): part is [string, Duration] => part[1] !== undefined);
  if (given.some(([, duration]) => duration.isUnresolved())) return undefined;
  const minutes = given.reduce((sum, [, duration]) => sum + duration.toMinutes({ integral: false }), 0);
  if (minutes <= CLOUDFORMATION_MINUTES_MAX) return undefined;
  const names = given.map(([name]) => name).join(' and ');
  return (
    `${names} last ${minutes} min: CloudFormation follows a deployment of ECS for ` +
    `${CLOUDFORMATION_MINUTES_MAX} min: shorten them, or ${OTHER_ENGINE}`
  );
}

import { arn, INTERNAL, type World } from '../../core/service';
import type { Environment } from './environment-state';
import type { DeploymentStatus, LifecycleEvent, Progress } from './lifecycle';
import type { Deployment } from './state';

/** Reports to the timeline and to EventBridge what happened to a deployment. */
export class Announcer {
  constructor(
    private readonly world: World,
    private readonly deployment: Deployment,
  ) {}

  /** What changed from one progress to the next, lifecycle events first. */
  changes(before: Progress | undefined, after: Progress): void {
    after.lifecycle.forEach((event, index) => {
      if (before?.lifecycle[index]?.status !== event.status && event.status !== 'Pending') this.lifecycle(event);
    });
    if (before?.status === after.status) return;
    this.status(after);
    this.notify(before?.status, after.status);
  }

  weights(route: 'production' | 'test', greenPercent: number): void {
    const { environment } = this.deployment;
    if (!environment) return;
    const { blue, green } = environment.pair;
    this.record('weights', `${route} traffic: blue ${100 - greenPercent} %, green ${greenPercent} %`, {
      route,
      bluePercent: 100 - greenPercent,
      greenPercent,
      weights: { [blue]: 100 - greenPercent, [green]: greenPercent },
    });
  }

  private lifecycle(event: LifecycleEvent): void {
    const hook = this.deployment.creator === 'user' ? hookOf(this.deployment, event.name) : undefined;
    this.record('lifecycle', `${event.name} ${event.status}`, {
      event: event.name,
      status: event.status,
      ...(hook && { hook }),
    });
  }

  private status({ status, error }: Progress): void {
    const { creator } = this.deployment;
    const reason = error ? `: ${error.message}` : '';
    this.record('deployment', `${this.deployment.deploymentId} ${status}${reason}`, {
      status,
      creator,
      ...(error && { errorInformation: error }),
    });
  }

  /**
   * Best effort, as AWS calls it: whether anybody listens is not CodeDeploy's business.
   * https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html
   */
  private notify(before: DeploymentStatus | undefined, after: DeploymentStatus): void {
    const state = stateOf(before, after);
    if (!state) return;
    const { deploymentId, group } = this.deployment;
    const { applicationName: application, deploymentGroupName: deploymentGroup, deploymentGroupId } = group;
    const { region } = this.world;
    const entry = {
      Source: 'aws.codedeploy',
      DetailType: 'CodeDeploy Deployment State-change Notification',
      Resources: [
        arn(this.world, 'codedeploy', `application:${application}`),
        arn(this.world, 'codedeploy', `deploymentgroup:${application}/${deploymentGroup}`),
      ],
      Detail: JSON.stringify({
        region,
        deploymentId,
        instanceGroupId: deploymentGroupId,
        deploymentGroup,
        state,
        application,
      }),
    };
    this.world.call(INTERNAL, 'events', 'PutEvents', { Entries: [entry] }).catch(() => undefined);
  }

  private record(event: string, detail: string, data: Readonly<Record<string, unknown>>): void {
    const { deploymentId, environment, group } = this.deployment;
    this.world.events.record('codedeploy', event, detail, {
      deploymentId,
      applicationName: group.applicationName,
      deploymentGroupName: group.deploymentGroupName,
      ...(environment && sides(environment)),
      ...data,
    });
  }
}

/** @returns undefined for a change of which no event is sent */
function stateOf(before: DeploymentStatus | undefined, after: DeploymentStatus): string | undefined {
  if (after === 'InProgress') return before === 'Created' ? 'START' : undefined;
  return { Created: undefined, Ready: 'READY', Succeeded: 'SUCCESS', Failed: 'FAILURE', Stopped: 'STOP' }[after];
}

function hookOf(deployment: Deployment, name: string): string | undefined {
  return (deployment.appSpec.hooks as Readonly<Record<string, string | undefined>>)[name];
}

/** Green is the new version's target group: the two swap roles at every release. */
function sides({ pair, targetGroupNames }: Environment): Readonly<Record<string, unknown>> {
  return {
    blueTargetGroupArn: pair.blue,
    greenTargetGroupArn: pair.green,
    blueTargetGroupName: targetGroupNames[pair.blue],
    greenTargetGroupName: targetGroupNames[pair.green],
  };
}

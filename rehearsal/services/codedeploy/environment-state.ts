import type { Pair } from './traffic';

/** An ECS task set as ecs:DescribeServices shows it, as far as a deployment reads it. */
export interface TaskSet {
  readonly id?: string;
  readonly taskSetArn: string;
  readonly status: string;
  readonly stabilityStatus?: string;
  readonly taskDefinition?: string;
  readonly computedDesiredCount?: number;
  readonly runningCount?: number;
  readonly pendingCount?: number;
  readonly launchType?: string;
  readonly platformVersion?: string;
  readonly networkConfiguration?: unknown;
  readonly loadBalancers?: readonly { readonly targetGroupArn?: string }[];
}

export interface EcsService {
  readonly serviceArn: string;
  readonly status: string;
  readonly deploymentController?: { readonly type: string };
  readonly networkConfiguration?: unknown;
  readonly launchType?: string;
  readonly taskSets?: readonly TaskSet[];
}

/** What a deployment works on: found at its start, handed on to its rollback. */
export interface Environment {
  readonly clusterName: string;
  readonly serviceName: string;
  readonly service: EcsService;
  readonly pair: Pair;
  readonly targetGroupNames: Readonly<Record<string, string>>;
  readonly blueTaskSet: TaskSet;
  greenTaskSetArn?: string;
  /** Which task set is the service's primary one now. */
  primary: 'blue' | 'green';
  greenPercent: number;
  testGreenPercent: number;
}

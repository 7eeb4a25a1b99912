import type { EngineName } from './services';

/** What `greenlight status --json` prints of each service. */
export interface ServiceStatus {
  readonly service: string;
  readonly cluster: string;
  readonly region: string;
  readonly engine: EngineName;
  /** The live side first. A rolling service has one. */
  readonly sides: readonly SideStatus[];
  /** Rules of the production listeners that forward to a side. */
  readonly routes: readonly RouteStatus[];
  /** The release in progress. */
  readonly release?: ReleaseStatus;
  readonly lastRelease?: FinishedRelease;
  readonly alarms: readonly AlarmStatus[];
  /** What is wrong or waits for a person, the most urgent first. */
  readonly findings: readonly Finding[];
}

export interface SideStatus {
  readonly live: boolean;
  readonly targetGroup?: string;
  /** Of production traffic, by the first rule. */
  readonly trafficPercent: number;
  /** `web:7` */
  readonly taskDefinition?: string;
  readonly image?: string;
  readonly runningTasks: number;
  readonly desiredTasks: number;
  /** By the health check of the target group. */
  readonly healthyTargets?: number;
}

export interface RouteStatus {
  /** `web:443 default` */
  readonly rule: string;
  readonly forwards: readonly { readonly targetGroup: string; readonly percent: number }[];
}

export interface ReleaseStatus {
  readonly id: string;
  readonly engine: EngineName;
  /** As the engine says it: `InProgress`, `ROLLBACK_IN_PROGRESS`. */
  readonly status: string;
  /** Lifecycle event, lifecycle stage, or `Bake`. */
  readonly stage?: string;
  /** ISO 8601. */
  readonly stageSince?: string;
  readonly startedAt?: string;
  readonly rollsBack: boolean;
  /** All traffic is on the new version, and the old one is kept for the bake time. */
  readonly bakes: boolean;
  readonly waitsForApproval: boolean;
  /** ISO 8601: when the wait or the bake ends by itself, and what follows. */
  readonly endsAt?: string;
  readonly then?: string;
  /** Of ECS: the hook that waits. */
  readonly hookId?: string;
  readonly arn?: string;
}

export type Outcome = 'succeeded' | 'failed' | 'stopped' | 'rolled back';

export interface FinishedRelease {
  readonly id: string;
  /** Of ECS. */
  readonly arn?: string;
  readonly outcome: Outcome;
  readonly endedAt?: string;
  readonly reason?: string;
}

export interface AlarmStatus {
  readonly name: string;
  readonly state: string;
  readonly since?: string;
  readonly reason?: string;
}

export interface Finding {
  /** `wrong`: production is affected or a release fails. `waiting`: for a person. `note`: nothing to do now. */
  readonly kind: 'wrong' | 'waiting' | 'note';
  readonly what: string;
  readonly remedy: string;
}

/** What an engine says of the releases of a service. */
export interface Releases {
  readonly release?: ReleaseStatus;
  readonly lastRelease?: FinishedRelease;
  readonly alarmNames: readonly string[];
  readonly productionListeners: readonly string[];
  readonly sides: readonly EngineSide[];
}

/** A side as the engine has it. */
export interface EngineSide {
  readonly targetGroupArn?: string;
  readonly taskDefinition?: string;
  readonly containerName?: string;
  readonly runningTasks: number;
  readonly desiredTasks: number;
}

import type { AppSpec } from './app-spec';
import { type DeploymentConfig, predefinedConfigs } from './configurations';
import type { Environment } from './environment-state';
import type { Progress } from './lifecycle';
import type { RollbackTrigger } from './machine';
import { Tags } from '../../core/tags';
import { type Tag, tagForm } from './groups/tags';

/** The API's own shapes, camelCase. */
export interface AlarmConfiguration {
  readonly enabled?: boolean;
  readonly ignorePollAlarmFailure?: boolean;
  readonly alarms?: readonly { readonly name: string }[];
}

export interface AutoRollbackConfiguration {
  readonly enabled?: boolean;
  readonly events?: readonly RollbackTrigger[];
}

export interface BlueGreenConfiguration {
  readonly deploymentReadyOption?: { readonly actionOnTimeout?: string; readonly waitTimeInMinutes?: number };
  readonly terminateBlueInstancesOnDeploymentSuccess?: {
    readonly action?: string;
    readonly terminationWaitTimeInMinutes?: number;
  };
}

export interface TargetGroupPair {
  readonly targetGroups: readonly { readonly name: string }[];
  readonly prodTrafficRoute: { readonly listenerArns: readonly string[] };
  readonly testTrafficRoute?: { readonly listenerArns: readonly string[] };
}

export interface DeploymentGroup {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly deploymentGroupId: string;
  readonly serviceRoleArn: string;
  readonly deploymentConfigName: string;
  readonly ecsServices: readonly { readonly clusterName: string; readonly serviceName: string }[];
  readonly loadBalancerInfo: { readonly targetGroupPairInfoList: readonly TargetGroupPair[] };
  readonly blueGreenDeploymentConfiguration?: BlueGreenConfiguration;
  readonly alarmConfiguration?: AlarmConfiguration;
  readonly autoRollbackConfiguration?: AutoRollbackConfiguration;
  readonly deploymentStyle?: { readonly deploymentType: string; readonly deploymentOption: string };
}

export interface Application {
  readonly applicationId: string;
  readonly applicationName: string;
  readonly computePlatform: string;
  readonly createTimeMs: number;
  /** AppSpec content by its SHA-256. */
  readonly revisions: Map<string, { readonly content: string; readonly registeredAtMs: number }>;
}

export interface RollbackInfo {
  readonly rollbackDeploymentId?: string;
  readonly rollbackTriggeringDeploymentId?: string;
  readonly rollbackMessage?: string;
}

/** One deployment. The group and the AppSpec are as they were when it was created. */
export interface Deployment {
  readonly deploymentId: string;
  readonly group: DeploymentGroup;
  readonly appSpec: AppSpec;
  readonly sha256: string;
  readonly previousSha256?: string;
  readonly deploymentConfigName: string;
  readonly description?: string;
  readonly creator: 'user' | 'codeDeployRollback';
  readonly overrideAlarmConfiguration?: AlarmConfiguration;
  readonly autoRollbackConfiguration?: AutoRollbackConfiguration;
  readonly createTimeMs: number;
  startTimeMs?: number;
  completeTimeMs?: number;
  progress: Progress;
  bakeStarted: boolean;
  rollbackInfo?: RollbackInfo;
  environment?: Environment;
}

export interface CodeDeployState {
  readonly applications: Map<string, Application>;
  /** By `<application>/<group>`. */
  readonly groups: Map<string, DeploymentGroup>;
  readonly configs: Map<string, DeploymentConfig>;
  readonly deployments: Map<string, Deployment>;
  readonly tags: Tags<Tag>;
  /** SHA-256 of the revision that was last deployed with success, by group key. */
  readonly live: Map<string, string>;
}

export function newState(): CodeDeployState {
  return {
    applications: new Map(),
    groups: new Map(),
    configs: new Map(predefinedConfigs().map((config) => [config.deploymentConfigName, config])),
    deployments: new Map(),
    tags: new Tags(tagForm),
    live: new Map(),
  };
}

export function groupKey(group: Pick<DeploymentGroup, 'applicationName' | 'deploymentGroupName'>): string {
  return `${group.applicationName}/${group.deploymentGroupName}`;
}

/** AWS's shapes as the API returns them, and how CloudFormation's properties become them. */

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html */
export type DependencyCondition = 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY';

export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  readonly essential?: boolean;
  readonly command?: readonly string[];
  readonly entryPoint?: readonly string[];
  readonly workingDirectory?: string;
  readonly environment?: readonly { readonly name: string; readonly value: string }[];
  readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
  readonly portMappings?: readonly { readonly containerPort: number; readonly protocol?: string }[];
  readonly dockerLabels?: Readonly<Record<string, string>>;
  readonly logConfiguration?: { readonly logDriver: string; readonly options?: Readonly<Record<string, string>> };
  readonly dependsOn?: readonly { readonly containerName: string; readonly condition: DependencyCondition }[];
  readonly healthCheck?: HealthCheck;
  /** Seconds; of all that `dependsOn` names. */
  readonly startTimeout?: number;
  readonly stopTimeout?: number;
}

/** Seconds. */
export interface HealthCheck {
  readonly command: readonly string[];
  readonly interval?: number;
  readonly timeout?: number;
  readonly retries?: number;
  readonly startPeriod?: number;
}

export interface TaskDefinitionShape {
  readonly taskDefinitionArn: string;
  readonly family: string;
  readonly revision: number;
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly containerDefinitions: readonly ContainerDefinition[];
  readonly taskRoleArn?: string;
  readonly executionRoleArn?: string;
  readonly networkMode?: string;
  readonly requiresCompatibilities?: readonly string[];
  readonly cpu?: string;
  readonly memory?: string;
  /** Seconds since the epoch. */
  readonly registeredAt?: number;
  readonly runtimePlatform?: { readonly cpuArchitecture?: string; readonly operatingSystemFamily?: string };
}

export interface LoadBalancer {
  readonly targetGroupArn: string;
  readonly containerName: string;
  readonly containerPort: number;
  /** For deployments that shift traffic between two target groups. */
  readonly advancedConfiguration?: {
    readonly alternateTargetGroupArn: string;
    /** ARN of a listener rule. */
    readonly productionListenerRule?: string;
    readonly testListenerRule?: string;
    /** The infrastructure role, with which ECS changes the rules. */
    readonly roleArn?: string;
  };
}

export interface NetworkConfiguration {
  readonly awsvpcConfiguration?: {
    readonly subnets: readonly string[];
    readonly securityGroups?: readonly string[];
    readonly assignPublicIp?: string;
  };
}

export interface CapacityProviderStrategyItem {
  readonly capacityProvider: string;
  readonly weight?: number;
  readonly base?: number;
}

/** What a task set, or a rolling deployment, runs its tasks with. */
export interface LaunchSettings {
  readonly taskDefinition: string;
  readonly loadBalancers: readonly LoadBalancer[];
  readonly networkConfiguration?: NetworkConfiguration;
  readonly launchType?: string;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[];
  readonly platformVersion?: string;
}

/** Seconds since the epoch, as the JSON protocol writes times. */
export const seconds = (atMs: number) => Math.round(atMs) / 1000;

/** Their members are the user's own names, not AWS's. */
const USER_KEYED = new Set([
  ...['DockerLabels', 'Options', 'DriverOpts', 'Labels', 'HookDetails'],
  ...['options', 'dockerLabels', 'hookDetails'],
]);
const NUMBERS = new Set([
  ...['containerPort', 'hostPort', 'stopTimeout', 'startTimeout', 'weight', 'base'],
  ...['interval', 'timeout', 'retries', 'startPeriod'],
]);
const BOOLEANS = new Set(['essential', 'readonlyRootFilesystem', 'privileged', 'interactive', 'pseudoTerminal']);

function scalar(key: string, value: unknown): unknown {
  if (typeof value === 'string' && NUMBERS.has(key)) return Number(value);
  if (typeof value === 'string' && BOOLEANS.has(key)) return value === 'true';
  return value;
}

/** CloudFormation's `ContainerDefinitions` to the API's `containerDefinitions`, text to numbers where the API has them. */
export function toApiShape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toApiShape);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const key = name.charAt(0).toLowerCase() + name.slice(1);
      return [key, USER_KEYED.has(name) ? member : scalar(key, toApiShape(member))];
    }),
  );
}

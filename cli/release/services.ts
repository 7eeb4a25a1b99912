import { Option } from 'commander';
import { CommandFailure, ExitCode } from '../failure';
import type { Aws } from './aws';

/** What is read of a service. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html */
export interface EcsService {
  readonly serviceArn: string;
  readonly serviceName: string;
  readonly clusterArn: string;
  readonly desiredCount?: number;
  readonly runningCount?: number;
  readonly taskDefinition?: string;
  readonly deploymentController?: { readonly type?: string };
  readonly deploymentConfiguration?: {
    readonly strategy?: string;
    readonly bakeTimeInMinutes?: number;
    readonly alarms?: { readonly alarmNames?: readonly string[] };
  };
  readonly loadBalancers?: readonly ServiceLoadBalancer[];
  readonly taskSets?: readonly EcsTaskSet[];
}

export interface ServiceLoadBalancer {
  readonly targetGroupArn?: string;
  readonly containerName?: string;
  readonly advancedConfiguration?: {
    readonly alternateTargetGroupArn?: string;
    readonly productionListenerRule?: string;
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html */
export interface EcsTaskSet {
  readonly id?: string;
  readonly status?: string;
  readonly taskDefinition?: string;
  readonly computedDesiredCount?: number;
  readonly runningCount?: number;
  /** The id of the CodeDeploy deployment that made it. */
  readonly externalId?: string;
  readonly loadBalancers?: readonly ServiceLoadBalancer[];
}

/** Which services a command is about, as its arguments say. */
export interface Wanted {
  /** Name, a part of it, or ARN. */
  readonly service?: string;
  readonly cluster?: string;
  readonly stack?: string;
}

/** The options that every command finds its service by. */
export const clusterOption = () => new Option('--cluster <name>', 'the ECS cluster (default: all)');
export const stackOption = () => new Option('--stack <name>', 'the CloudFormation stack of the service');

export type EngineName = 'codedeploy' | 'ecs' | 'rolling';

export const shortName = (arn: string) => arn.split('/').at(-1) ?? arn;

export function engineOf({ deploymentController, deploymentConfiguration }: EcsService): EngineName {
  if (deploymentController?.type === 'CODE_DEPLOY') return 'codedeploy';
  return ['BLUE_GREEN', 'LINEAR', 'CANARY'].includes(deploymentConfiguration?.strategy ?? '') ? 'ecs' : 'rolling';
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html */
const DESCRIBED_MAX = 10;

/** The services that are meant: with a name one, without those with two sides, or all. @throws CommandFailure for none */
export async function findServices(aws: Aws, wanted: Wanted): Promise<EcsService[]> {
  const all = await serviceArns(aws, wanted);
  const arns = wanted.service === undefined ? all : [chosen(all, wanted.service, placeOf(aws, wanted))];
  const services = await describe(aws, arns);
  const twoSided = services.filter((service) => engineOf(service) !== 'rolling');
  const found = twoSided.length > 0 ? twoSided : services;
  if (found.length > 0) return found;
  throw new CommandFailure(`there is no ECS service in ${placeOf(aws, wanted)}: ${ELSEWHERE}`, ExitCode.badInput);
}

/** @throws CommandFailure unless there is exactly one */
export async function findService(aws: Aws, wanted: Wanted): Promise<EcsService> {
  const [first, ...more] = await findServices(aws, wanted);
  if (first && more.length === 0) return first;
  const names = [first, ...more].map((service) => service?.serviceName).join(', ');
  throw new CommandFailure(`${more.length + 1} services are possible; name one of them: ${names}`, ExitCode.badInput);
}

const ELSEWHERE = 'check AWS_PROFILE and AWS_REGION, or name --cluster or --stack';

function placeOf({ region }: Aws, { cluster, stack }: Wanted): string {
  return [region, cluster && `cluster ${cluster}`, stack && `stack ${stack}`].filter(Boolean).join(', ');
}

/** The exact name wins over a part of a name. @throws CommandFailure for none, and for several */
function chosen(arns: readonly string[], name: string, place: string): string {
  const exact = arns.filter((arn) => arn === name || shortName(arn) === name);
  const part = name.toLowerCase();
  const found = exact.length > 0 ? exact : arns.filter((arn) => shortName(arn).toLowerCase().includes(part));
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const names = (found.length > 0 ? found : arns).map((arn) => arn.split('/').slice(-2).join('/')).sort();
  const shown = `${names.slice(0, 10).join(', ')}${names.length > 10 ? ` and ${names.length - 10} more` : ''}`;
  if (found.length > 1)
    throw new CommandFailure(`"${name}" is ${found.length} services in ${place}: ${shown}`, ExitCode.badInput);
  const there = arns.length > 0 ? `there are: ${shown}` : ELSEWHERE;
  throw new CommandFailure(`there is no service "${name}" in ${place}: ${there}`, ExitCode.badInput);
}

async function serviceArns(aws: Aws, { service = '', cluster, stack }: Wanted): Promise<string[]> {
  if (stack !== undefined) return resourcesOfStack(aws, stack, 'AWS::ECS::Service');
  const [, ofArn] = /:service\/([^/]+)\/[^/]+$/.exec(service) ?? [];
  const only = cluster ?? ofArn;
  const clusters = only === undefined ? await listed(aws, 'ListClusters', {}, 'clusterArns') : [only];
  const found = await Promise.all(
    clusters.map((each) => listed(aws, 'ListServices', { cluster: each, maxResults: 100 }, 'serviceArns')),
  );
  return found.flat();
}

async function listed(aws: Aws, operation: string, input: object, field: string): Promise<string[]> {
  const found: string[] = [];
  let nextToken: string | undefined;
  do {
    const output = await aws.ecs<Record<string, unknown>>(operation, { ...input, nextToken });
    found.push(...((output[field] as string[] | undefined) ?? []));
    nextToken = output.nextToken as string | undefined;
  } while (nextToken);
  return found;
}

/** Physical ids, those of nested stacks too. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html */
export async function resourcesOfStack(aws: Aws, stack: string, type: string): Promise<string[]> {
  interface Summary {
    readonly ResourceType?: string;
    readonly PhysicalResourceId?: string;
  }
  const resources: Summary[] = [];
  let NextToken: string | undefined;
  do {
    const output = await aws.cloudFormation('ListStackResources', { StackName: stack, NextToken });
    resources.push(...((output.StackResourceSummaries as Summary[] | undefined) ?? []));
    NextToken = output.NextToken as string | undefined;
  } while (NextToken);
  const idsOf = (wanted: string) =>
    resources.flatMap(({ ResourceType, PhysicalResourceId }) =>
      ResourceType === wanted && PhysicalResourceId ? [PhysicalResourceId] : [],
    );
  const stacks = idsOf('AWS::CloudFormation::Stack');
  const nested = await Promise.all(stacks.map((each) => resourcesOfStack(aws, each, type)));
  return [...idsOf(type), ...nested.flat()];
}

async function describe(aws: Aws, arns: readonly string[]): Promise<EcsService[]> {
  const clusterOf = (arn: string) => arn.split('/').at(-2) ?? '';
  const batches = [...new Set(arns.map(clusterOf))].flatMap((cluster) => {
    const services = arns.filter((arn) => clusterOf(arn) === cluster);
    return Array.from({ length: Math.ceil(services.length / DESCRIBED_MAX) }, (_, at) => ({
      cluster,
      services: services.slice(at * DESCRIBED_MAX, (at + 1) * DESCRIBED_MAX),
    }));
  });
  const found = await Promise.all(
    batches.map((input) => aws.ecs<{ readonly services?: EcsService[] }>('DescribeServices', input)),
  );
  return found.flatMap(({ services = [] }) => services);
}

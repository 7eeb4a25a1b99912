/** The API of service deployments. */
import { AwsError, type Operation, type Operations } from '../../../core/service';
import { type EcsState, shortName } from '../state';
import { describeBrief, describeDeployment, describeRevision } from './describe';
import type { HookAction } from './machine';
import type { ServiceDeployments } from './service-deployments';

interface List {
  readonly service: string;
  readonly cluster?: string;
  readonly status?: readonly string[];
  /** Seconds since the epoch. */
  readonly createdAt?: { readonly before?: number; readonly after?: number };
  readonly maxResults?: number;
  readonly nextToken?: string;
}

interface OneDeployment {
  readonly serviceDeploymentArn: string;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceDeployments.html */
const DESCRIBED_MAX = 20;

const invalid = (message: string) => new AwsError('InvalidParameterException', message);

export function serviceDeploymentOperations(state: EcsState, deployments: ServiceDeployments): Operations {
  const list: Operation<List> = {
    resources: ({ cluster, service }) => [state.serviceArn(cluster, service)],
    context: ({ cluster }) => ({ 'ecs:cluster': state.clusterArn(cluster) }),
    handle: (input) => listed(state, input),
  };
  const describe: Operation<{ readonly serviceDeploymentArns?: readonly string[] }> = {
    resources: ({ serviceDeploymentArns = [] }) => serviceDeploymentArns,
    handle: ({ serviceDeploymentArns = [] }) => {
      checkCount('serviceDeploymentArns', serviceDeploymentArns);
      const all = deployments.all();
      const found = all.filter((each) => serviceDeploymentArns.includes(each.arn));
      return {
        serviceDeployments: found.map(describeDeployment),
        failures: missing(serviceDeploymentArns, found),
      };
    },
  };
  const stop: Operation<OneDeployment & { readonly stopType?: 'ROLLBACK' | 'ABORT' }> = {
    resources: ({ serviceDeploymentArn }) => [serviceDeploymentArn],
    handle: ({ serviceDeploymentArn, stopType = 'ROLLBACK' }) => {
      deployments.stopDeployment(serviceDeploymentArn, stopType);
      return { serviceDeploymentArn };
    },
  };
  const proceed: Operation<OneDeployment & { readonly hookId: string; readonly action?: HookAction }> = {
    resources: ({ serviceDeploymentArn }) => [serviceDeploymentArn],
    handle: ({ serviceDeploymentArn, hookId, action = 'CONTINUE' }) => {
      deployments.continueDeployment(serviceDeploymentArn, hookId, action);
      return { serviceDeploymentArn };
    },
  };
  return {
    ListServiceDeployments: list,
    DescribeServiceDeployments: describe,
    DescribeServiceRevisions: describeRevisions(state),
    StopServiceDeployment: stop,
    ContinueServiceDeployment: proceed,
  };
}

/** The newest first. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServiceDeployments.html */
function listed(state: EcsState, { service, cluster, status = [], createdAt = {}, ...page }: List) {
  const { before = Infinity, after = -Infinity } = createdAt;
  const { maxResults = 20, nextToken = '0' } = page;
  if (maxResults < 1 || maxResults > 100) throw invalid(`maxResults must be between 1 and 100. Got: ${maxResults}`);
  state.cluster(cluster);
  const found = state.findService(cluster, shortName(service));
  if (!found) throw new AwsError('ServiceNotFoundException', 'Service not found.');
  const matching = [...found.deployments].reverse().filter(({ progress, createdAtMs }) => {
    const isWanted = status.length === 0 || status.includes(progress.status);
    return isWanted && createdAtMs / 1000 > after && createdAtMs / 1000 < before;
  });
  const from = Number(nextToken);
  const next = from + maxResults;
  return {
    serviceDeployments: matching.slice(from, next).map((each) => describeBrief({ ...each, service: found })),
    ...(next < matching.length && { nextToken: String(next) }),
  };
}

function describeRevisions(state: EcsState): Operation<{ readonly serviceRevisionArns?: readonly string[] }> {
  return {
    resources: ({ serviceRevisionArns = [] }) => serviceRevisionArns,
    handle: ({ serviceRevisionArns = [] }) => {
      checkCount('serviceRevisionArns', serviceRevisionArns);
      const all = state.services.flatMap((service) => service.revisions.map((revision) => ({ service, revision })));
      const found = all.filter(({ revision }) => serviceRevisionArns.includes(revision.arn));
      return {
        serviceRevisions: found.map(({ service, revision }) => describeRevision(service, revision)),
        failures: missing(
          serviceRevisionArns,
          found.map(({ revision }) => revision),
        ),
      };
    },
  };
}

function checkCount(name: string, arns: readonly string[]): void {
  if (arns.length === 0) throw invalid(`${name} cannot be empty.`);
  if (arns.length > DESCRIBED_MAX)
    throw invalid(`${name} can have at most ${DESCRIBED_MAX} items. Got: ${arns.length}`);
}

const missing = (wanted: readonly string[], found: readonly { readonly arn: string }[]) =>
  wanted.filter((arn) => !found.some((each) => each.arn === arn)).map((arn) => ({ arn, reason: 'MISSING' }));

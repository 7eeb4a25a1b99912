import { isAccessDenied } from '../../aws/calls';
import { listenerRules, listenersOf, targetStates, unlessGone } from '../../aws/load-balancers';
import { type ListenerRule, reachedRules, targetGroupName } from '../../aws/traffic';
import { describeError } from '../../common/errors';
import type { Aws } from './aws';
import { findingsOf } from './findings';
import { releasesOf } from './releases';
import { type EcsService, engineOf, shortName } from './services';
import type { AlarmStatus, EngineSide, Finding, RouteStatus, ServiceStatus, SideStatus } from './status-types';

/** Everything that `status` shows of a service. What IAM denies of alarms and targets becomes a finding. */
export async function observe(aws: Aws, service: EcsService): Promise<ServiceStatus> {
  const engine = engineOf(service);
  const releases = await releasesOf(aws, service);
  const unreadable: Finding[] = [];
  const readable = async <T>(what: string, otherwise: T, reading: Promise<T>): Promise<T> => {
    try {
      return await reading;
    } catch (error) {
      if (!isAccessDenied(error)) throw error;
      const remedy = 'docs/cli.md has the policy that this command needs';
      unreadable.push({ kind: 'note', what: `the ${what} could not be read: ${describeError(error)}`, remedy });
      return otherwise;
    }
  };
  const groups = releases.sides.flatMap(({ targetGroupArn }) => targetGroupArn ?? []);
  const pair = [...new Set([...groups, ...groupsOf(service)])];
  const [routes, alarms] = await Promise.all([
    readable('rules of the listeners', [], routesOf(aws, releases.productionListeners, pair)),
    readable('alarms', [], alarmsOf(aws, releases.alarmNames)),
  ]);
  const sides = await Promise.all(
    releases.sides.map((side) => sideStatus(aws, side, routes, (reading) => readable('targets', undefined, reading))),
  );
  const { release, lastRelease } = releases;
  const status = {
    service: service.serviceName,
    cluster: shortName(service.clusterArn),
    region: aws.region,
    engine,
    sides: liveFirst(sides, engine === 'rolling'),
    routes: routes.map(({ rule, forwards }) => ({ rule, forwards: forwards.map(percentOf) })),
    ...(release && { release }),
    ...(lastRelease && { lastRelease }),
    alarms,
  };
  return { ...status, findings: [...findingsOf(status), ...unreadable] };
}

function groupsOf({ loadBalancers = [] }: EcsService): string[] {
  return loadBalancers.flatMap(({ targetGroupArn, advancedConfiguration }) =>
    [targetGroupArn, advancedConfiguration?.alternateTargetGroupArn].flatMap((arn) => arn ?? []),
  );
}

interface Share {
  readonly targetGroupArn: string;
  readonly percent: number;
}

interface Route extends Pick<RouteStatus, 'rule'> {
  readonly forwards: readonly Share[];
}

const percentOf = ({ targetGroupArn, percent }: Share) => ({ targetGroup: targetGroupName(targetGroupArn), percent });

async function routesOf(aws: Aws, listeners: readonly string[], pair: readonly string[]): Promise<Route[]> {
  const { signal, caller } = aws;
  const found = await Promise.all(
    listeners.map(async (listenerArn) => {
      const [rules, all] = await Promise.all([
        unlessGone(listenerRules(listenerArn, signal, caller)),
        unlessGone(listenersOf(loadBalancerOf(listenerArn), signal, caller)),
      ]);
      const port = all.find((listener) => listener.listenerArn === listenerArn)?.port ?? shortName(listenerArn);
      const name = `${listenerArn.split('/').at(-3) ?? ''}:${port}`;
      return reachedRules(rules).flatMap((rule) => routeOf(rule, pair, name));
    }),
  );
  return found.flat();
}

const loadBalancerOf = (listenerArn: string) =>
  listenerArn.replace(':listener/', ':loadbalancer/').replace(/\/[^/]+$/, '');

/** Nothing for a rule of another service. */
function routeOf({ priority, forwards }: ListenerRule, pair: readonly string[], name: string): Route[] {
  if (!forwards.some(({ targetGroupArn }) => pair.includes(targetGroupArn))) return [];
  const sum = forwards.reduce((total, { weight }) => total + weight, 0);
  const share = (weight: number) => (sum === 0 ? 0 : Math.round((weight / sum) * 1_000) / 10);
  return [
    {
      rule: `${name} ${priority === 'default' ? 'default' : `rule ${priority}`}`,
      forwards: forwards.map(({ targetGroupArn, weight }) => ({ targetGroupArn, percent: share(weight) })),
    },
  ];
}

type Readable = <T>(reading: Promise<T>) => Promise<T | undefined>;

async function sideStatus(
  aws: Aws,
  { targetGroupArn, taskDefinition, containerName, runningTasks, desiredTasks }: EngineSide,
  routes: readonly Route[],
  readable: Readable,
): Promise<SideStatus> {
  const [states, image] = await Promise.all([
    targetGroupArn && readable(unlessGone(targetStates(targetGroupArn, aws.signal, aws.caller))),
    taskDefinition && readable(imageOf(aws, taskDefinition, containerName)),
  ]);
  const forwards = routes[0]?.forwards ?? [];
  return {
    live: false,
    trafficPercent: forwards.find((each) => each.targetGroupArn === targetGroupArn)?.percent ?? 0,
    ...(targetGroupArn && { targetGroup: targetGroupName(targetGroupArn) }),
    ...(taskDefinition && { taskDefinition: shortName(taskDefinition) }),
    ...(image && { image }),
    runningTasks,
    desiredTasks,
    ...(states && { healthyTargets: states.filter((state) => state === 'healthy').length }),
  };
}

async function imageOf(aws: Aws, taskDefinition: string, containerName?: string): Promise<string | undefined> {
  interface Output {
    readonly taskDefinition?: {
      readonly containerDefinitions?: readonly { readonly name?: string; readonly image?: string }[];
    };
  }
  const { taskDefinition: found } = await aws.ecs<Output>('DescribeTaskDefinition', { taskDefinition });
  const containers = found?.containerDefinitions ?? [];
  return (containers.find(({ name }) => name === containerName) ?? containers[0])?.image;
}

/** The live side has the production traffic; of a split, most of it. */
function liveFirst(sides: readonly SideStatus[], rolling: boolean): SideStatus[] {
  const sorted = [...sides].sort((a, b) => b.trafficPercent - a.trafficPercent);
  return sorted.map((side, index) => ({ ...side, live: index === 0 && (rolling || side.trafficPercent > 0) }));
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html: 100 names, both types. */
async function alarmsOf(aws: Aws, names: readonly string[]): Promise<AlarmStatus[]> {
  if (names.length === 0) return [];
  const named = Object.fromEntries(names.slice(0, 100).map((name, at) => [`AlarmNames.member.${at + 1}`, name]));
  const types = { 'AlarmTypes.member.1': 'MetricAlarm', 'AlarmTypes.member.2': 'CompositeAlarm' };
  const output = await aws.cloudWatch('DescribeAlarms', { ...named, ...types, MaxRecords: '100' });
  const found = [output.MetricAlarms, output.CompositeAlarms].flatMap(
    (list) => (list as readonly Readonly<Record<string, string | undefined>>[] | undefined) ?? [],
  );
  return names.map((name) => {
    const alarm = found.find(({ AlarmName }) => AlarmName === name);
    const since = alarm?.StateTransitionedTimestamp ?? alarm?.StateUpdatedTimestamp;
    return {
      name,
      state: alarm?.StateValue ?? 'MISSING',
      ...(since && { since: new Date(since).toISOString() }),
      ...(alarm?.StateReason && { reason: alarm.StateReason }),
    };
  });
}

import type { Aws } from '../../../cli/release/aws';
import type { ServiceStatus } from '../../../cli/release/status-types';

type Responses = Readonly<Record<string, (input: Record<string, unknown>) => unknown>>;

/** AWS as a table of responses by operation. `calls` has what was called, in order. */
export function fakeAws(responses: Responses): Aws & { readonly calls: { operation: string; input: object }[] } {
  const calls: { operation: string; input: object }[] = [];
  const call = async <Output>(operation: string, input: object): Promise<Output> => {
    calls.push({ operation, input });
    const respond = responses[operation];
    if (!respond) throw new Error(`${operation} is not part of this test`);
    return respond(input as Record<string, unknown>) as Output;
  };
  return {
    calls,
    region: 'eu-west-1',
    caller: {},
    signal: new AbortController().signal,
    ecs: call,
    codeDeploy: call,
    cloudWatch: call,
    cloudFormation: call,
  };
}

/** A service on which nothing is wrong. */
export const quiet: ServiceStatus = {
  service: 'Shop-Web',
  cluster: 'Shop',
  region: 'eu-west-1',
  engine: 'codedeploy',
  sides: [
    {
      live: true,
      targetGroup: 'Shop-a',
      trafficPercent: 100,
      taskDefinition: 'web:7',
      image: 'you/web:1.4.0',
      runningTasks: 2,
      desiredTasks: 2,
      healthyTargets: 2,
    },
  ],
  routes: [
    {
      rule: 'Shop:443 default',
      forwards: [
        { targetGroup: 'Shop-a', percent: 100 },
        { targetGroup: 'Shop-b', percent: 0 },
      ],
    },
  ],
  lastRelease: { id: 'd-LAST00000', outcome: 'succeeded', endedAt: '2026-01-01T10:00:00.000Z' },
  alarms: [{ name: 'Web-5xx', state: 'OK' }],
  findings: [],
};

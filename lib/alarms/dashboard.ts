import { Stack } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  type CompositeAlarm,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { ITwinEnvironments } from '../twins/imported-twin-environments';
import { SIDES, twinMetric } from '../twins/metrics';

const ID = 'GreenlightDashboard';

/** The stack's dashboard, with a section for each service. CloudWatch charges for a dashboard, not for what it shows. */
export function dashboardOf(scope: Construct): Dashboard {
  const stack = Stack.of(scope);
  return (stack.node.tryFindChild(ID) as Dashboard | undefined) ?? new Dashboard(stack, ID);
}

interface Section {
  readonly service: string;
  readonly twins: ITwinEnvironments;
  readonly alarms: IAlarm[];
  readonly composite: CompositeAlarm;
}

/** A service's section: alarms first, then both sides under each other's light. */
export function releaseWidgets({ service, twins, alarms, composite }: Section): IWidget[][] {
  const graph = (title: string, label: string, ...metrics: readonly (readonly [name: string, statistic: string])[]) =>
    new GraphWidget({
      title,
      width: 12,
      left: SIDES.flatMap((side) =>
        metrics.map(([name, statistic]) =>
          twinMetric(twins, side, name, statistic).with({
            label: metrics.length > 1 ? `${side.toLowerCase()} ${statistic}` : side.toLowerCase(),
          }),
        ),
      ),
      leftYAxis: { label, min: 0, showUnits: false },
    });
  return [
    [
      new TextWidget({
        width: 24,
        height: 3,
        markdown:
          `## ${service}\n` +
          'Blue and green swap roles at each release. Between releases one side has all traffic and the other none.',
      }),
    ],
    [new AlarmStatusWidget({ title: 'What stops a release', width: 24, alarms: [composite, ...alarms] })],
    [
      graph('Requests by side', 'per minute', ['RequestCount', 'Sum']),
      graph('5xx responses by side', 'per minute', ['HTTPCode_Target_5XX_Count', 'Sum']),
    ],
    [
      graph('Response time by side', 'seconds', ['TargetResponseTime', 'p50'], ['TargetResponseTime', 'p99']),
      new GraphWidget({
        title: 'Hosts by side',
        width: 12,
        left: SIDES.flatMap((side) => [
          twinMetric(twins, side, 'HealthyHostCount', 'Minimum').with({ label: `${side.toLowerCase()} healthy` }),
          twinMetric(twins, side, 'UnHealthyHostCount', 'Maximum').with({ label: `${side.toLowerCase()} unhealthy` }),
        ]),
        leftYAxis: { label: 'tasks', min: 0, showUnits: false },
      }),
    ],
  ];
}

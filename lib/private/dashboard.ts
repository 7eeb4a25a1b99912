import {
  AlarmStatusWidget,
  type CompositeAlarm,
  GraphWidget,
  type IAlarm,
  type IWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ITwinEnvironments } from '../imported-twin-environments';
import { SIDES, twinMetric } from './twin-metrics';

/** The release dashboard: alarms first, then both sides under each other's light. */
export function releaseWidgets(twins: ITwinEnvironments, alarms: IAlarm[], composite: CompositeAlarm): IWidget[][] {
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
        height: 2,
        markdown:
          'Blue and green swap roles at each release. Between releases one side has all traffic and the other none.',
      }),
    ],
    [new AlarmStatusWidget({ title: 'What stops a release', width: 24, alarms: [composite, ...alarms] })],
    [
      graph('Requests by side', 'per minute', ['RequestCount', 'Sum']),
      graph('5xx answers by side', 'per minute', ['HTTPCode_Target_5XX_Count', 'Sum']),
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

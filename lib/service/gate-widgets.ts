import { Duration } from 'aws-cdk-lib';
import { GraphWidget, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS } from '../../lambda/gate/types';
import type { ReleaseGate } from '../gate/release-gate';

/** A gate runs a few times a release: its datapoints are rare, so they are shown over a longer time. */
const PERIOD = Duration.minutes(5);

/** What the gate let pass and what it stopped, for the release dashboard. */
export function gateWidgets(gate: ReleaseGate): IWidget[] {
  const graph = (title: string, label: string, statistic: string, ...names: readonly string[]) =>
    new GraphWidget({
      title,
      width: 8,
      left: gate.events.flatMap((event) =>
        names.map((name) =>
          gate.metric(name, event, {
            statistic,
            period: PERIOD,
            label: names.length > 1 ? `${event} ${name}` : event,
          }),
        ),
      ),
      leftYAxis: { label, min: 0, showUnits: false },
    });
  return [
    graph('Gates', 'runs', 'Sum', METRICS.gatePassed, METRICS.gateFailed),
    graph('Checks of the gates', 'checks', 'Sum', METRICS.checksPassed, METRICS.checksFailed),
    graph('Duration of the gates', 'milliseconds', 'Maximum', METRICS.duration),
  ];
}

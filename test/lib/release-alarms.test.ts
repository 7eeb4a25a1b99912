import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm, AlarmRule, CompositeAlarm, type IAlarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { BlueGreenServiceProps } from '../../lib';
import { flat, newStack, ofType, serviceIn } from './support';

function alarm(stack: Stack, id: string): Alarm {
  return new Alarm(stack, id, {
    metric: new Metric({ namespace: 'Shop', metricName: id }),
    threshold: 1,
    evaluationPeriods: 1,
  });
}

test.each(['Blue', 'Green'])('%s: the 5xx rate needs a minimum of requests, and no traffic is quiet', (side) => {
  const stack = newStack();
  serviceIn(stack, { minimumRequests: 25, errorRatePercent: 2 });
  const group = {
    Name: 'TargetGroup',
    Value: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^WebTwins${side}`), 'TargetGroupFullName'] },
  };
  const metric = (MetricName: string) => ({
    MetricStat: {
      Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions: Match.arrayWith([Match.objectLike(group)]) },
      Period: 60,
      Stat: 'Sum',
    },
    ReturnData: false,
  });
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmDescription: Match.stringLikeRegexp(`More than 2 % .* ${side.toLowerCase()} tasks of Web .*5xx.*rolls back`),
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 2,
    EvaluationPeriods: 2,
    DatapointsToAlarm: 2,
    TreatMissingData: 'notBreaching',
    Metrics: Match.arrayWith([
      Match.objectLike({ Expression: 'IF(requests >= 25, (FILL(errors, 0) + FILL(refused, 0)) / requests * 100, 0)' }),
      Match.objectLike({ Id: 'requests', ...metric('RequestCount') }),
      Match.objectLike({ Id: 'errors', ...metric('HTTPCode_Target_5XX_Count') }),
      Match.objectLike({ Id: 'refused', ...metric('TargetConnectionErrorCount') }),
    ]),
  });
});

test.each(['Blue', 'Green'])('%s: p99 latency in seconds, and unhealthy hosts for three minutes', (side) => {
  const stack = newStack();
  serviceIn(stack, { latencyP99: Duration.millis(750) });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmDescription: Match.stringLikeRegexp(`${side.toLowerCase()} tasks of Web took longer than 750 ms`),
    Threshold: 0.75,
    Metrics: Match.arrayWith([
      Match.objectLike({ Expression: 'IF(requests >= 10, latency, 0)' }),
      Match.objectLike({ Id: 'latency', MetricStat: Match.objectLike({ Stat: 'p99' }) }),
    ]),
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'UnHealthyHostCount',
    Statistic: 'Maximum',
    Threshold: 0,
    EvaluationPeriods: 3,
    Dimensions: Match.arrayWith([
      {
        Name: 'TargetGroup',
        Value: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^WebTwins${side}`), 'TargetGroupFullName'] },
      },
    ]),
  });
});

test('CodeDeploy gets the metric alarms, people get one composite of the same alarms', () => {
  const stack = newStack();
  const own = alarm(stack, 'Checkout');
  serviceIn(stack, { additionalAlarms: [own] });
  const names = ofType(stack, 'AWS::CloudWatch::Alarm').map(([id]) => id);
  expect(names).toHaveLength(7);
  const group = ofType(stack, 'AWS::CodeDeploy::DeploymentGroup')[0]?.[1].Properties as unknown as {
    AlarmConfiguration: { Enabled: boolean; Alarms: { Name: { Ref: string } }[] };
  };
  expect(group.AlarmConfiguration.Enabled).toBe(true);
  expect(group.AlarmConfiguration.Alarms.map((each) => each.Name.Ref).sort()).toEqual([...names].sort());
  const composite = ofType(stack, 'AWS::CloudWatch::CompositeAlarm')[0]?.[1].Properties as unknown as {
    AlarmRule: object;
  };
  for (const name of names) expect(flat(composite.AlarmRule)).toContain(`ALARM("<${name}.Arn>")`);
});

test('the dashboard shows alarms, requests, latency and hosts of both sides', () => {
  const stack = newStack();
  serviceIn(stack);
  const body = flat(
    (ofType(stack, 'AWS::CloudWatch::Dashboard')[0]?.[1].Properties as unknown as { DashboardBody: object })
      .DashboardBody,
  );
  const parsed = JSON.parse(body) as { widgets: { type: string; properties: { title?: string } }[] };
  expect(parsed.widgets.map((widget) => widget.properties.title).filter(Boolean)).toEqual([
    'What stops a release',
    'Requests by side',
    '5xx answers by side',
    'Response time by side',
    'Hosts by side',
    'Gates',
    'Checks of the gates',
    'Duration of the gates',
  ]);
  expect(body).toMatch(/WebTwinsBlue.*WebTwinsGreen/s);
});

test.each<[(stack: Stack) => Partial<BlueGreenServiceProps>, RegExp]>([
  [() => ({ errorRatePercent: 101 }), /errorRatePercent 101: must be a number from 0 to 100/],
  [() => ({ minimumRequests: 0 }), /minimumRequests 0/],
  [() => ({ latencyP99: Duration.millis(0) }), /latencyP99 0 s/],
  [
    (stack) => ({ additionalAlarms: ['A', 'B', 'C', 'D', 'E'].map((id): IAlarm => alarm(stack, id)) }),
    /5 additionalAlarms: CodeDeploy takes 10 alarms and 6 are the release's own, so 4 at most/,
  ],
  [
    (stack) => ({
      additionalAlarms: [new CompositeAlarm(stack, 'Any', { alarmRule: AlarmRule.fromBoolean(true) })],
    }),
    /composite alarm: .*metric alarms alone/,
  ],
])('refuses bad input %#', (props, message) => {
  const stack = newStack();
  expect(() => serviceIn(stack, props(stack))).toThrow(message);
});

import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm, AlarmRule, AlarmState, CompositeAlarm, type IAlarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type BlueGreenServiceProps, type ReleaseAlarmsOptions, ReleaseEngine } from '../../../lib';
import { flat, newStack, ofType, serviceIn, newApp } from '../support';
import { nonEmpty } from '../../support/non-empty';

function alarm(stack: Stack, id: string): Alarm {
  return new Alarm(stack, id, {
    metric: new Metric({ namespace: 'Shop', metricName: id }),
    threshold: 1,
    evaluationPeriods: 1,
  });
}

test.each(['Blue', 'Green'])('%s: the 5xx rate needs a minimum of requests, and no traffic is quiet', (side) => {
  const stack = newStack();
  serviceIn(stack, { alarms: { errorRatePercent: 2, minRequests: 25 } });
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
      Match.objectLike({ Expression: Match.stringLikeRegexp('^IF\\(requests >= 25, .* / requests \\* 100, 0\\)$') }),
      Match.objectLike({ Id: 'requests', ...metric('RequestCount') }),
      Match.objectLike({ Id: 'errors', ...metric('HTTPCode_Target_5XX_Count') }),
      Match.objectLike({ Id: 'refused', ...metric('TargetConnectionErrorCount') }),
    ]),
  });
});

test.each(['Blue', 'Green'])('%s: p99 latency in seconds, and unhealthy hosts for three minutes', (side) => {
  const stack = newStack();
  serviceIn(stack, { alarms: { latencyP99: Duration.millis(750) } });
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

test.each(['Blue', 'Green'])('%s: a total failure is seen after one minute, at a threshold of its own', (side) => {
  const stack = newStack();
  serviceIn(stack, { alarms: { severeErrorRatePercent: 30 } });
  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmDescription: Match.stringLikeRegexp(
      `More than 30 % .* ${side.toLowerCase()} tasks of Web failed in one minute`,
    ),
    Threshold: 30,
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
  });
});

test('both alarms of a side count the own responses of the load balancer, and no alarm has more than ten metrics', () => {
  const stack = newStack();
  serviceIn(stack);
  const rates = ofType(stack, 'AWS::CloudWatch::Alarm').filter(([id]) => /5xx(Rate|Severe)/.test(id));
  expect(rates).toHaveLength(4);
  for (const [, { Properties }] of nonEmpty(rates)) {
    const metrics = Properties.Metrics as unknown as { Id: string; MetricStat?: { Metric: Metric } }[];
    expect(metrics.length).toBeLessThanOrEqual(10);
    const bad = metrics.find(({ Id }) => Id === 'bad')?.MetricStat?.Metric as unknown as Record<string, object[]>;
    expect(bad).toMatchObject({ MetricName: 'HTTPCode_ELB_502_Count' });
    expect(bad.Dimensions).toEqual([expect.objectContaining({ Name: 'LoadBalancer' })]);
  }
});

const startWithin = (minutes: number) => ReleaseEngine.codeDeploy({ startTimeout: Duration.minutes(minutes) });

test.each<[string, Partial<BlueGreenServiceProps>, number]>([
  ['nothing said: three minutes', {}, 3],
  ['its startTimeout', { engine: startWithin(20) }, 20],
  ['its healthCheckGracePeriod', { healthCheckGracePeriod: Duration.seconds(601) }, 11],
  ['both', { engine: startWithin(5), healthCheckGracePeriod: Duration.minutes(10) }, 10],
  ['its own time', { engine: startWithin(20), alarms: { unhealthyAfter: Duration.minutes(4) } }, 4],
  ['a grace period of a week: a day, as alarms go no further', { healthCheckGracePeriod: Duration.days(7) }, 1440],
])('a start that is slow stops no release within %s', (_name, props, periods) => {
  const stack = newStack();
  serviceIn(stack, props);
  const hosts = ofType(stack, 'AWS::CloudWatch::Alarm').filter(([id]) => id.includes('UnhealthyHosts'));
  expect(hosts.map(([, { Properties }]) => Properties.EvaluationPeriods)).toEqual([periods, periods]);
});

test.each<[string, string, string]>([
  ['region', 'us-east-1', '111111111111'],
  ['account', 'eu-west-1', '222222222222'],
])('an alarm of another %s is refused: CodeDeploy would search its name here', (_name, region, account) => {
  const env = { region: 'eu-west-1', account: '111111111111' };
  const stack = new Stack(newApp(), 'Test', { env });
  const arn = `arn:aws:cloudwatch:${region}:${account}:alarm:Checkout`;
  const imported = Alarm.fromAlarmArn(stack, 'Imported', arn);
  expect(() => serviceIn(stack, { alarms: { additionalAlarms: [imported] } })).toThrow(
    new RegExp(
      `additionalAlarms: alarm Test/Imported is in ${account}/${region} and the release in 111111111111/eu-west-1`,
    ),
  );
  const other = new Stack(stack.node.root, 'Other', { env: { region, account } });
  const made = alarm(other, 'Own');
  const gateAlarms = [new CompositeAlarm(other, 'Any', { alarmRule: AlarmRule.fromAlarm(made, AlarmState.ALARM) })];
  expect(() =>
    serviceIn(new Stack(stack.node.root as App, 'Third', { env }), { gate: { additionalAlarms: gateAlarms } }),
  ).toThrow(/Gate: additionalAlarms: alarm Other\/Any is in/);
});

test('an alarm of the same place, or of a place that is not known yet, is taken', () => {
  const stack = newStack();
  const arn = 'arn:aws:cloudwatch:us-east-1:111111111111:alarm:Checkout';
  expect(() => serviceIn(stack, { alarms: { additionalAlarms: [Alarm.fromAlarmArn(stack, 'A', arn)] } })).not.toThrow();
});

test('CodeDeploy gets the metric alarms, people get one composite of the same alarms', () => {
  const stack = newStack();
  const own = alarm(stack, 'Checkout');
  serviceIn(stack, { alarms: { additionalAlarms: [own] } });
  const names = ofType(stack, 'AWS::CloudWatch::Alarm').map(([id]) => id);
  expect(names).toHaveLength(9);
  const group = ofType(stack, 'AWS::CodeDeploy::DeploymentGroup')[0]?.[1].Properties as unknown as {
    AlarmConfiguration: { Enabled: boolean; Alarms: { Name: { Ref: string } }[] };
  };
  expect(group.AlarmConfiguration.Enabled).toBe(true);
  expect(group.AlarmConfiguration.Alarms.map((each) => each.Name.Ref).sort()).toEqual([...names].sort());
  const composite = ofType(stack, 'AWS::CloudWatch::CompositeAlarm')[0]?.[1].Properties as unknown as {
    AlarmRule: object;
  };
  for (const name of nonEmpty(names)) expect(flat(composite.AlarmRule)).toContain(`ALARM("<${name}.Arn>")`);
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
    '5xx responses by side',
    'Response time by side',
    'Hosts by side',
    'Gates',
    'Checks of the gates',
    'Duration of the gates',
  ]);
  expect(body).toMatch(/WebTwinsBlue.*WebTwinsGreen/s);
});

test.each<[(stack: Stack) => ReleaseAlarmsOptions, RegExp]>([
  [() => ({ errorRatePercent: 101 }), /errorRatePercent 101: must be a number from 0 to 100/],
  [() => ({ minRequests: 0 }), /minRequests 0/],
  [() => ({ latencyP99: Duration.millis(0) }), /latencyP99 0 s/],
  [
    (stack) => ({ additionalAlarms: ['A', 'B', 'C'].map((id): IAlarm => alarm(stack, id)) }),
    /3 additionalAlarms: CodeDeploy takes 10 alarms and 8 are the release's own, so 2 at most/,
  ],
  [
    (stack) => ({
      additionalAlarms: [new CompositeAlarm(stack, 'Any', { alarmRule: AlarmRule.fromBoolean(true) })],
    }),
    /composite alarm: .*only metric alarms/,
  ],
])('refuses bad input %#', (props, message) => {
  const stack = newStack();
  expect(() => serviceIn(stack, { alarms: props(stack) })).toThrow(message);
});

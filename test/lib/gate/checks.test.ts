import { Duration, type Stack } from 'aws-cdk-lib';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { GateEnvironment } from '../../../lambda/gate/types';
import { type CustomCheck, LifecycleEvent, ReleaseEngine, TrafficShift } from '../../../lib';
import { flat, newStack, ofType, serviceIn, templateOf } from '../support';
import { nonEmpty } from '../../support/non-empty';

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

function gateFunctions(stack: Stack) {
  return ofType(stack, 'AWS::Lambda::Function')
    .filter(([id]) => id.startsWith('WebGate'))
    .map(([id, { Properties }]) => {
      const { Variables } = Properties.Environment as unknown as { Variables: Record<string, unknown> };
      return {
        id,
        timeout: Properties.Timeout as unknown as number,
        variable: (name: string) => flat(Variables[name] ?? ''),
      };
    });
}

function invocable(stack: Stack, policy: RegExp): string[] {
  return ofType(stack, 'AWS::IAM::Policy')
    .filter(([id]) => policy.test(id))
    .flatMap(([, { Properties }]) => (Properties.PolicyDocument as unknown as { Statement: Statement[] }).Statement)
    .filter(({ Action }) => Action === 'lambda:InvokeFunction')
    .flatMap(({ Resource }) => (Array.isArray(Resource) ? Resource.map(flat) : [flat(Resource)]));
}

function stockCheck(stack: Stack, changes: Partial<CustomCheck> = {}): CustomCheck {
  const handler = new LambdaFunction(stack, changes.name ?? 'Stock', {
    runtime: Runtime.NODEJS_LATEST,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => ({ outcome: "passed" })'),
  });
  return { name: 'stock', handler, ...changes };
}

test('the gate gets both sides, and preflight and bake check production', () => {
  const stack = newStack();
  serviceIn(stack);
  const functions = gateFunctions(stack);
  expect(functions.map((it) => [it.variable(GateEnvironment.lifecycleEvent), it.timeout])).toEqual([
    ['BeforeInstall', 120],
    ['AfterAllowTestTraffic', 360],
    ['AfterAllowTraffic', 360],
  ]);
  for (const it of nonEmpty(functions)) {
    expect(it.variable(GateEnvironment.sides)).toMatch(
      /"productionListenerArn":"<WebTwinsProductionListener\w+>","testListenerArn":"<WebTwinsTestListener\w+>"/,
    );
    expect(it.variable(GateEnvironment.healthPath)).toBe('/health');
  }
});

test('without preflight there is no such hook, function or term in the hour', () => {
  const stack = newStack();
  const web = serviceIn(stack, { gate: { preflight: false } });
  expect(web.gate.lifecycleEvents).toEqual([
    LifecycleEvent.AFTER_ALLOW_TEST_TRAFFIC,
    LifecycleEvent.AFTER_ALLOW_TRAFFIC,
  ]);
  expect(JSON.stringify(templateOf(stack))).not.toContain('BeforeInstall');
});

test('a check before each step runs on the test listener, with ECS only', () => {
  const stack = newStack();
  const customChecks = [stockCheck(stack, { lifecycleEvents: [LifecycleEvent.BEFORE_ALLOW_TRAFFIC] })];
  const web = serviceIn(stack, { engine: ReleaseEngine.ecs(), gate: { stepCheck: true, customChecks } });
  expect(web.gate.lifecycleEvents).toEqual(Object.values(LifecycleEvent));
  const [, tests, steps, after] = gateFunctions(stack);
  expect(steps?.variable(GateEnvironment.lifecycleEvent)).toBe('BeforeAllowTraffic');
  expect(steps?.timeout).toBe(360);
  expect(steps?.variable(GateEnvironment.targetUrl)).toBe(tests?.variable(GateEnvironment.targetUrl));
  expect(steps?.variable(GateEnvironment.targetUrl)).not.toBe(after?.variable(GateEnvironment.targetUrl));
  expect(gateFunctions(stack).map((it) => it.variable(GateEnvironment.customChecks) !== '')).toEqual([
    false,
    false,
    true,
    false,
  ]);
  expect(() => serviceIn(newStack(), { gate: { stepCheck: true } })).toThrow(
    /stepCheck: CodeDeploy calls no hook before each step: use ReleaseEngine\.ecs\(\)/,
  );
});

test('a custom check is invoked at its event, and the gate may invoke nothing else of the user’s', () => {
  const stack = newStack();
  serviceIn(stack, { gate: { customChecks: [stockCheck(stack, { timeout: Duration.seconds(20) })] } });
  expect(gateFunctions(stack).map((it) => it.variable(GateEnvironment.customChecks))).toEqual([
    '',
    expect.stringMatching(/^\[\{"name":"stock","functionArn":"<Stock\w+\.Arn>","timeoutSeconds":20\}\]$/),
    '',
  ]);
  expect(invocable(stack, /^WebGateRole/)).toEqual([expect.stringMatching(/^<Stock\w+\.Arn>$/)]);
});

test('a bake that outlasts an invocation lets the gate invoke itself, without a cycle in the template', () => {
  const stack = newStack();
  serviceIn(stack, { trafficShift: TrafficShift.allAtOnce(), gate: { bakeCheckTime: Duration.minutes(20) } });
  const bake = gateFunctions(stack)[2];
  expect([bake?.timeout, bake?.variable(GateEnvironment.bakeSeconds)]).toEqual([900, '1200']);
  expect(invocable(stack, /^WebGateGoOnPolicy/)).toEqual([
    expect.stringMatching(/^<WebGateAfterAllowTraffic\w+\.Arn>$/),
  ]);
  const other = newStack();
  serviceIn(other);
  expect(invocable(other, /^WebGateGoOnPolicy/)).toEqual([]);
});

test('the bake counts in the hour of the release', () => {
  const over = {
    gate: { bakeCheckTime: Duration.minutes(45) },
    trafficShift: TrafficShift.linear({ percent: 10, interval: Duration.minutes(1) }),
  };
  expect(() => serviceIn(newStack(), over)).toThrow(
    /hook BeforeInstall 1 min, hook AfterAllowTestTraffic 5 min, hook AfterAllowTraffic 55 min: together 80 min; .* gate\.bakeCheckTime or/,
  );
});

test('gate alarms are read by the gate and unknown to CodeDeploy', () => {
  const stack = newStack();
  const alarm = new Alarm(stack, 'Payments', {
    metric: new Metric({ namespace: 'Shop', metricName: 'Failed' }),
    threshold: 1,
    evaluationPeriods: 1,
  });
  serviceIn(stack, { gate: { failOnInsufficientData: true, additionalAlarms: [alarm] } });
  for (const it of nonEmpty(gateFunctions(stack))) {
    expect(it.variable(GateEnvironment.alarmNames)).toMatch(/<Payments\w+>/);
    expect(it.variable(GateEnvironment.insufficientData)).toBe('fail');
  }
  const [, group] = ofType(stack, 'AWS::CodeDeploy::DeploymentGroup')[0] ?? [];
  expect(JSON.stringify(group?.Properties.AlarmConfiguration)).not.toContain('Payments');
});

test('every problem in one error', () => {
  const stack = newStack();
  const customChecks = [
    stockCheck(stack, { name: 'a', timeout: Duration.minutes(15) }),
    { ...stockCheck(stack, { name: 'b' }), name: 'a', lifecycleEvents: [LifecycleEvent.BEFORE_INSTALL] },
  ];
  expect(() => serviceIn(stack, { gate: { bakeCheckTime: Duration.minutes(51), customChecks } })).toThrow(
    /bakeCheckTime 3060 s: .* to 3000 s.*; customChecks 'a' timeout 900 s: .*; customChecks 'a': names are unique.*; .*no green before install/,
  );
});

test('metrics of the gate are on the dashboard', () => {
  const stack = newStack();
  const web = serviceIn(stack);
  expect(web.gate.metric('GateFailed', LifecycleEvent.BEFORE_INSTALL)).toMatchObject({
    namespace: 'Greenlight',
    dimensions: { Stack: 'Test', Service: 'Web', LifecycleEvent: 'BeforeInstall' },
  });
  const [, dashboard] = ofType(stack, 'AWS::CloudWatch::Dashboard')[0] ?? [];
  expect(flat(dashboard?.Properties.DashboardBody)).toMatch(
    /"title":"Gates".*"GateFailed","LifecycleEvent","BeforeInstall","Service","Web","Stack","Test"/,
  );
});

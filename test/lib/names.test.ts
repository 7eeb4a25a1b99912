import { Duration, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { ContainerImage, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { CfnListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import {
  BlueGreenService,
  type BlueGreenServiceProps,
  LifecycleEvent,
  ServiceListener,
  ServiceTask,
  SmokeSuite,
} from '../../lib';
import { newStack, ofType, serviceIn, templateOf, newApp } from './support';

/** What AWS takes only so long, so large or of some kind. */

const LIMITS: Readonly<Record<string, readonly (readonly [property: string, charactersMax: number])[]>> = {
  'AWS::EC2::SecurityGroup': [['GroupDescription', 255]],
  'AWS::EC2::SecurityGroupIngress': [['Description', 255]],
  'AWS::EC2::SecurityGroupEgress': [['Description', 255]],
  'AWS::Lambda::Function': [['Description', 256]],
  'AWS::IAM::Role': [['Description', 1000]],
  'AWS::CloudWatch::Alarm': [['AlarmDescription', 1024]],
  'AWS::CloudWatch::CompositeAlarm': [['AlarmDescription', 1024]],
  'AWS::CodeDeploy::DeploymentGroup': [['DeploymentGroupName', 100]],
  'AWS::StepFunctions::StateMachine': [['StateMachineName', 80]],
};

test.each([20, 100, 240])('no name or description is too long for AWS under a path of %d characters', (length) => {
  const stack = newStack();
  const part = 'ServiceOfTheShop'.repeat(Math.ceil(length / 48)).slice(0, Math.floor(length / 3));
  const inner = [1, 2].reduce<Construct>((scope, index) => new Construct(scope, `${part}${index}`), stack);
  new BlueGreenService(inner, part, {
    task: ServiceTask.fromImage(ContainerImage.fromRegistry('example/web:1'), { containerPort: 8080 }),
  });
  const long = Object.entries(templateOf(stack).Resources).flatMap(([id, { Type, Properties }]) =>
    (LIMITS[Type] ?? []).flatMap(([property, max]) => {
      const value = Properties[property] as unknown;
      return typeof value === 'string' && value.length > max ? [`${id}.${property}: ${value.length} of ${max}`] : [];
    }),
  );
  expect(long).toEqual([]);
});

function checks(stack: Stack, count: number) {
  return Array.from({ length: count }, (_, index) => ({
    name: `check ${index}`,
    handler: new LambdaFunction(stack, `Check${index}`, {
      runtime: Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = () => ({})'),
    }),
  }));
}

test('settings of the gate that no Lambda function can hold are an error at synth, which names the largest', () => {
  const alarms = (stack: Stack) =>
    Array.from({ length: 90 }, (_, index) => {
      const metric = new Metric({ namespace: 'Shop', metricName: `M${index}` });
      return new Alarm(stack, `Alarm${index}`, { metric, threshold: 1, evaluationPeriods: 1 });
    });
  const refused = (props: (stack: Stack) => Partial<BlueGreenServiceProps>) => {
    const stack = newStack();
    return () => serviceIn(stack, props(stack));
  };
  const message = /Test\/Web\/Gate: the gate's settings take about \d+ bytes, and a Lambda function has 4096/;
  expect(refused((stack) => ({ gate: { customChecks: checks(stack, 25) } }))).toThrow(/GREENLIGHT_CUSTOM_CHECKS \d+/);
  expect(refused((stack) => ({ gate: { additionalAlarms: alarms(stack) } }))).toThrow(message);
  const suite = SmokeSuite.of({ name: 'a', path: '/' });
  expect(refused(() => ({ suite, gate: { versionHeader: { name: 'x-v', value: 'v'.repeat(4000) } } }))).toThrow(
    message,
  );
  expect(
    refused((stack) => ({ gate: { customChecks: checks(stack, 8), additionalAlarms: alarms(stack).slice(0, 10) } })),
  ).not.toThrow();
});

test('blue can still start a task of its revision while a task definition of your own has a new one', () => {
  const stack = newStack();
  const taskDefinition = new FargateTaskDefinition(stack, 'Own');
  const image = ContainerImage.fromRegistry('example/web:1');
  taskDefinition.addContainer('web', { image, portMappings: [{ containerPort: 8080 }] });
  serviceIn(stack, { task: ServiceTask.fromTaskDefinition(taskDefinition) });
  expect(ofType(stack, 'AWS::ECS::TaskDefinition').map(([, resource]) => resource)).toMatchObject([
    { UpdateReplacePolicy: 'Retain', DeletionPolicy: 'Delete' },
  ]);
});

test('a listener that demands client certificates is refused by its path: the gate has none', () => {
  const withMode = (mode: string) => {
    const stack = newStack();
    const certificate = Certificate.fromCertificateArn(stack, 'C', 'arn:aws:acm:eu-west-1:111111111111:certificate/a');
    const web = serviceIn(stack, { listener: ServiceListener.create({ certificate }) });
    const listener = web.twins.productionListener.node.defaultChild as CfnListener;
    listener.addPropertyOverride('MutualAuthentication.Mode', mode);
    return () => void templateOf(stack);
  };
  expect(withMode('passthrough')).not.toThrow();
  expect(withMode('verify')).toThrow(/SecureListener: mutualAuthentication verifies client certificates/);
});

test('two stages of one account have metrics of their own, and so have two services of one name in a stack', () => {
  const app = newApp();
  const dimensionsOf = (scope: Construct) => {
    const web = new BlueGreenService(scope, 'Web', {
      task: ServiceTask.fromImage(ContainerImage.fromRegistry('example/web:1'), { containerPort: 80 }),
    });
    return web.gate.metric('GateFailed', LifecycleEvent.AFTER_ALLOW_TRAFFIC, { period: Duration.minutes(1) })
      .dimensions;
  };
  const beta = new Stack(app, 'Beta-Shop');
  const all = [beta, new Stack(app, 'Prod-Shop'), new Construct(beta, 'Inner')].map(dimensionsOf);
  expect(all.map((dimensions): unknown => dimensions?.Stack)).toEqual(['Beta-Shop', 'Prod-Shop', 'Beta-Shop/Inner']);
  const sent = ofType(beta, 'AWS::Lambda::Function')
    .filter(([id]) => id.includes('Gate'))
    .map(([, { Properties }]) => Properties.Environment as unknown as { Variables: Record<string, unknown> });
  expect(new Set(sent.map(({ Variables }) => Variables.GREENLIGHT_STACK))).toEqual(
    new Set(['Beta-Shop', 'Beta-Shop/Inner']),
  );
});

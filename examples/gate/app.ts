import { join } from 'node:path';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage, Secret as TaskSecret } from 'aws-cdk-lib/aws-ecs';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
// In your own app: import { BlueGreenService, ServiceTask, SmokeAuth, SmokeSuite, TrafficShift } from 'cdk-greenlight';
import { BlueGreenService, ServiceTask, SmokeAuth, SmokeSuite, TrafficShift } from '../../lib';

/** A service whose gate does everything it can: preflight, identity by header, a check of its own, and a bake. */
export function createApp(app = new App()): App {
  const stack = new Stack(app, 'Gated', { description: 'A blue/green service with every check of the gate' });
  const context = (name: string, otherwise: string) =>
    (app.node.tryGetContext(name) as string | undefined) ?? otherwise;
  const version = context('version', '1.0.0');

  const stock = new LambdaFunction(stack, 'StockCheck', {
    runtime: Runtime.NODEJS_LATEST,
    handler: 'index.handler',
    code: Code.fromAsset(join(__dirname, 'checks', 'stock')),
    environment: { OUTCOME: context('stock', 'passed'), COUNTED: context('counted', '12') },
  });
  // The gate reads it when it runs; ECS gives it to the service. `-c serviceKey=old` ships one that has another.
  const apiKey = new Secret(stack, 'ApiKey');
  const oldApiKey = new Secret(stack, 'OldApiKey');
  const serviceKey = context('serviceKey', '') === 'old' ? oldApiKey : apiKey;

  const web = new BlueGreenService(stack, 'Web', {
    task: ServiceTask.fromImage(
      ContainerImage.fromAsset(join(__dirname, '..', 'service'), { platform: Platform.LINUX_AMD64 }),
      {
        containerPort: 8080,
        environment: { ...environment(context('environment', '{}')), VERSION: version },
        secrets: { API_KEY: TaskSecret.fromSecretsManager(serviceKey) },
      },
    ),
    trafficShift: TrafficShift.allAtOnce(),
    bakeTime: Duration.minutes(1),
    suite: suiteOf(context('suite', ''), version, apiKey),
    gate: {
      bakeCheckTime: Duration.minutes(Number(context('bakeCheckMinutes', '0'))),
      versionHeader: { name: 'x-version', value: version },
      customChecks: [{ name: 'stock', handler: stock, timeout: Duration.seconds(30) }],
      additionalAlarms: [paymentsAlarm(stack)],
    },
  });
  new CfnOutput(stack, 'Url', { value: web.twins.productionUrl });
  return app;
}

/** The checks of this example, or those of a file. */
function suiteOf(file: string, version: string, apiKey: Secret): SmokeSuite {
  if (file !== '') return SmokeSuite.fromFile(join(__dirname, file));
  return SmokeSuite.of(
    { name: 'version', path: '/version', expect: { bodyContains: version } },
    { name: 'orders', path: '/orders' },
    {
      name: 'report',
      path: '/report',
      auth: SmokeAuth.header('x-api-key', apiKey),
      expect: { bodyContains: 'orders' },
    },
  );
}

/** A problem of a dependency: no reason to stop a shift half-way, and one never to begin it. */
function paymentsAlarm(stack: Stack): Alarm {
  return new Alarm(stack, 'PaymentsDown', {
    metric: new Metric({
      namespace: 'Shop',
      metricName: 'PaymentsFailed',
      statistic: 'Sum',
      period: Duration.minutes(1),
    }),
    threshold: 1,
    evaluationPeriods: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    alarmDescription: 'Payments fail: nothing ships until they work again.',
  });
}

/** Settings for a rehearsal's faults: `-c environment='{"FAULT_ERROR_PERCENT":"50"}'`. */
function environment(text: string): { [name: string]: string } {
  return JSON.parse(text) as { [name: string]: string };
}

if (require.main === module) createApp();

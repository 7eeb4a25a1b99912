import { join } from 'node:path';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { BlueGreenService, HeaderMatch, type ReleaseApproval, ServiceListener, ServiceTask, SmokeSuite } from '../lib';
import { type AppContext, readContext } from './context';

/**
 * The sample service, or any image by `-c image=...`, deployed by Greenlight. `npx cdk deploy -c version=2.0.0` ships a
 * release. `bin/context.ts` lists what else `-c` sets.
 */
export function createApp(app = new App()): App {
  const context = readContext(app.node);
  const stack = new Stack(app, 'Greenlight', { description: 'The Greenlight sample service: twins, gate, release' });
  const { certificateArn, domainName } = context;
  const web = new BlueGreenService(stack, 'Web', {
    task: ServiceTask.fromImage(context.image ? imageOf(stack, context.image) : sampleImage(), {
      containerPort: context.port,
      environment: { ...context.environment, VERSION: context.version },
    }),
    listener: ServiceListener.create({
      certificate: certificateArn ? Certificate.fromCertificateArn(stack, 'Certificate', certificateArn) : undefined,
      domainName,
    }),
    healthCheck: { path: context.healthCheckPath },
    desiredCount: context.desiredCount,
    engine: context.engine,
    trafficShift: context.shift,
    bakeTime: context.bakeTime,
    approval: approvalOf(stack, context),
    // Of another image only the health check is known, which is the suite by default.
    suite: context.image ? undefined : sampleSuite(context),
    gate: {
      // The sample says what it is: the gate sends no check before each node responds with this version.
      versionHeader: context.image ? undefined : { name: 'x-version', value: context.version },
    },
  });
  new CfnOutput(stack, 'Url', { value: web.twins.productionUrl, description: 'Production' });
  return app;
}

function approvalOf(stack: Stack, context: AppContext): ReleaseApproval | undefined {
  const { approvalTimeout: timeout, approvalEmail } = context;
  if (!timeout || !approvalEmail) return timeout && { timeout };
  const topic = new Topic(stack, 'Approval', { enforceSSL: true });
  topic.addSubscription(new EmailSubscription(approvalEmail));
  return { timeout, topic };
}

/** An image in ECR needs a grant to be pulled, others are public. */
function imageOf(stack: Stack, uri: string): ContainerImage {
  const [, account, region, repositoryName, tag] =
    /^(\d{12})\.dkr\.ecr\.([\w-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)(?::([\w.-]+))?$/.exec(uri) ?? [];
  if (!account || !region || !repositoryName) return ContainerImage.fromRegistry(uri);
  const repositoryArn = stack.formatArn({
    service: 'ecr',
    resource: 'repository',
    resourceName: repositoryName,
    account,
    region,
  });
  const repository = Repository.fromRepositoryAttributes(stack, 'Repository', { repositoryArn, repositoryName });
  return ContainerImage.fromEcrRepository(repository, tag ?? 'latest');
}

/** Fargate runs x86-64 by default, whatever the laptop is that builds the image. */
function sampleImage(): ContainerImage {
  return ContainerImage.fromAsset(sampleFolder(), { platform: Platform.LINUX_AMD64 });
}

/** Next to this folder in a checkout. */
function sampleFolder(): string {
  return join(__dirname, '..', 'examples', 'service');
}

/** The checks include the version, so that they pass only when green responds. */
function sampleSuite({ version, healthCheckPath }: AppContext): SmokeSuite {
  return SmokeSuite.of(
    { name: 'health', path: healthCheckPath },
    { name: 'home shows the version', path: '/', expect: { bodyContains: version } },
    { name: 'version', path: '/version', expect: { bodyContains: version } },
    {
      name: 'orders',
      path: '/orders',
      expect: { headers: { 'content-type': HeaderMatch.pattern('^application/json') }, latency: Duration.seconds(1) },
    },
  );
}

if (require.main === module) createApp();

import { join } from 'node:path';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { BlueGreenService, HeaderMatch, type SmokeCheck } from '../lib';
import { readContext } from './context';

/** The sample service, deployed by Greenlight. `npx cdk deploy -c version=2.0.0` ships a release. */
export function createApp(app = new App()): App {
  const context = readContext(app.node);
  const stack = new Stack(app, 'Greenlight', { description: 'The Greenlight sample service: twins, gate, release' });
  const { certificateArn, domainName } = context;
  const web = new BlueGreenService(stack, 'Web', {
    image: context.image ? imageOf(stack, context.image) : sampleImage(),
    port: 8080,
    environment: { ...context.environment, VERSION: context.version },
    desiredCount: context.desiredCount,
    trafficShift: context.shift,
    bakeTime: context.bakeTime,
    approval: context.approvalTimeLimit && { timeLimit: context.approvalTimeLimit },
    certificate: certificateArn ? Certificate.fromCertificateArn(stack, 'Certificate', certificateArn) : undefined,
    domainName,
    suite: suite(context.version),
  });
  new CfnOutput(stack, 'Url', { value: web.twins.productionUrl, description: 'Production' });
  return app;
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

/** Fargate runs x86-64 unless told otherwise, whatever the laptop is that builds the image. */
function sampleImage(): ContainerImage {
  return ContainerImage.fromAsset(sampleFolder(), { platform: Platform.LINUX_AMD64 });
}

/** Beside this file in a checkout. */
function sampleFolder(): string {
  return join(__dirname, '..', 'examples', 'service');
}

/** The version is checked, so that it is the candidate that answers and not what was there before. */
function suite(version: string): SmokeCheck[] {
  return [
    { name: 'health', path: '/health' },
    { name: 'home shows the version', path: '/', bodyContains: version },
    { name: 'version', path: '/version', bodyContains: version },
    {
      name: 'orders',
      path: '/orders',
      expectedHeaders: { 'content-type': HeaderMatch.pattern('^application/json') },
      latencyLimit: Duration.seconds(1),
    },
  ];
}

if (require.main === module) createApp();

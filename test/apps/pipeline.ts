import { type App, Stack, Stage } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { CodePipeline, CodePipelineSource, ManualApprovalStep, ShellStep } from 'aws-cdk-lib/pipelines';
import { image, PORT } from './service';

/** CDK Pipelines: the pipeline's stack, and the application as a stage that the pipeline deploys. */
export function build(app: App, version: string): void {
  const stack = new Stack(app, 'Delivery', { env: { account: '111111111111', region: 'us-east-1' } });
  const repository = new Repository(stack, 'Repository', { repositoryName: 'shop' });
  const pipeline = new CodePipeline(stack, 'Pipeline', {
    synth: new ShellStep('Synth', {
      input: CodePipelineSource.codeCommit(repository, 'main'),
      commands: ['npm ci', 'npx cdk synth'],
    }),
  });
  const stage = new Stage(app, 'Production', { env: { account: '111111111111', region: 'us-east-1' } });
  new ApplicationLoadBalancedFargateService(new Stack(stage, 'Shop'), 'Web', {
    taskImageOptions: { image: image(), containerPort: PORT, environment: { VERSION: version } },
    minHealthyPercent: 100,
    desiredCount: 1,
  });
  const test = new Stage(stack, 'Test');
  new ApplicationLoadBalancedFargateService(new Stack(test, 'Shop'), 'Web', {
    taskImageOptions: { image: image(), containerPort: PORT, environment: { VERSION: version } },
    minHealthyPercent: 100,
    desiredCount: 1,
  });
  pipeline.addStage(test, { post: [new ManualApprovalStep('Approve')] });
}

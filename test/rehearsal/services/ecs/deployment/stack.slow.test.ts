import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { INTERNAL } from '../../../../../rehearsal/core/service';
import { type LocalAws, startLocalAws } from '../../../../../rehearsal/local-aws';
import { ROOT } from '../../../../support/cli';
import { temporaryDirectory } from '../../../../support/temporary';
import { until } from '../../../../support/until';

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

/** The template of a plain CDK app that ECS deploys blue/green, without tasks: what is tested is all around them. */
const template = (() => {
  const output = temporaryDirectory('native');
  const app = join(ROOT, 'test/scenarios/apps/ecs-native.ts');
  execFileSync(process.execPath, ['--require', require.resolve('tsx/cjs'), app], {
    env: { ...process.env, CDK_OUTDIR: output },
  });
  return readFileSync(join(output, 'Native.template.json'), 'utf8');
})();

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ speed: 240 });
});
afterAll(() => aws.stop());

const call = <Output>(service: string, operation: string, input: unknown) =>
  aws.world.call<Output>(INTERNAL, service, operation, input);

function release(version: string, change: (resource: Resource) => void = () => undefined, hookStatus = 'SUCCEEDED') {
  const document = JSON.parse(template) as { Resources: Record<string, Resource> };
  for (const resource of Object.values(document.Resources)) {
    const { Type, Properties } = resource;
    if (Type === 'AWS::ECS::Service') Properties.DesiredCount = 0;
    if (Type === 'AWS::ECS::TaskDefinition') Properties.Family = `web-${version}`;
    if (Type === 'AWS::Lambda::Function')
      Properties.Code = { ZipFile: `exports.handler = async () => ({ hookStatus: '${hookStatus}' });` };
    change(resource);
  }
  return JSON.stringify(document);
}

async function deploy(
  operation: 'CreateStack' | 'UpdateStack',
  TemplateBody: string,
  StackName = 'Native',
): Promise<string> {
  const input = { StackName, TemplateBody, Capabilities: ['CAPABILITY_IAM'] };
  await call('cloudformation', operation, input);
  let status = '';
  await until('the stack to settle', async () => {
    const { Stacks } = await call<{ Stacks: { StackStatus: string }[] }>('cloudformation', 'DescribeStacks', {
      StackName,
    });
    status = Stacks[0]?.StackStatus ?? '';
    return !status.endsWith('IN_PROGRESS');
  });
  return status;
}

/** Of the service's deployments, the newest first. */
async function newest(): Promise<{ readonly status: string; readonly statusReason?: string }> {
  const { clusterArns } = await call<{ clusterArns: string[] }>('ecs', 'ListClusters', {});
  const [cluster] = clusterArns;
  const { serviceArns } = await call<{ serviceArns: string[] }>('ecs', 'ListServices', { cluster });
  const { serviceDeployments } = await call<{ serviceDeployments: { status: string; statusReason?: string }[] }>(
    'ecs',
    'ListServiceDeployments',
    { cluster, service: serviceArns[0] },
  );
  return serviceDeployments[0]!;
}

const failures = () =>
  aws.events
    .all()
    .filter(({ source, event }) => source === 'cloudformation' && event === 'resource-failed')
    .map(({ detail }) => detail);

test('CloudFormation follows the deployments of a plain CDK stack: it waits for a good one, and fails in the words of ECS', async () => {
  expect(await deploy('CreateStack', release('v1'))).toBe('CREATE_COMPLETE');
  expect(await newest()).toMatchObject({ status: 'SUCCESSFUL' });
  expect(await deploy('UpdateStack', release('v2'))).toBe('UPDATE_COMPLETE');

  expect(await deploy('UpdateStack', release('v3', undefined, 'FAILED'))).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(failures().at(-1)).toMatch(
    /UPDATE_FAILED: Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT lifecycle hook\(s\) failed\. Lifecycle hook target \S+ returned FAILED status\./,
  );
  expect(aws.events.all().filter(({ event }) => event === 'denied')).toEqual([]);

  const ungranted = release('v4', ({ Type, Properties }) => {
    if (Type === 'AWS::IAM::Role' && JSON.stringify(Properties).includes('ForLoadBalancers'))
      delete Properties.ManagedPolicyArns;
  });
  expect(await deploy('UpdateStack', ungranted)).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await newest()).toMatchObject({
    statusReason: expect.stringMatching(/missing permissions on ECS Infrastructure Role/) as string,
  });
  const denied = aws.events.all().find(({ event }) => event === 'denied');
  expect(denied?.data).toMatchObject({ action: 'elasticloadbalancing:DescribeRules' });
}, 200_000);

interface WrongInputs {
  readonly DeploymentConfiguration: Record<string, unknown> & { LifecycleHooks: object[] };
  readonly LoadBalancers: [{ TargetGroupArn: unknown; AdvancedConfiguration?: Record<string, unknown> }];
}
const pauseAt = (stage: string) => (service: WrongInputs) => {
  service.DeploymentConfiguration.LifecycleHooks.push({ TargetType: 'PAUSE', LifecycleStages: [stage] });
};
const advanced = ({ LoadBalancers: [balancer] }: WrongInputs) => balancer.AdvancedConfiguration!;

test('a plain CDK stack with wrong inputs is refused in the words of ECS, and its service stays as it is', async () => {
  const stack = (operation: 'CreateStack' | 'UpdateStack', body: string) => deploy(operation, body, 'Inputs');
  expect(await stack('CreateStack', release('v1'))).toBe('CREATE_COMPLETE');
  const [listener] = Object.entries((JSON.parse(template) as { Resources: Record<string, Resource> }).Resources).find(
    ([, { Type }]) => Type === 'AWS::ElasticLoadBalancingV2::Listener',
  )!;
  const rows: [(service: WrongInputs) => void, RegExp][] = [
    [pauseAt('TEST_TRAFFIC_SHIFT'), /Invalid lifecycle stage provided for Pause Hook/],
    [pauseAt('PRODUCTION_TRAFFIC_SHIFT'), /Invalid lifecycle stage provided for Pause Hook/],
    [
      (service) => (advanced(service).TestListenerRule = advanced(service).ProductionListenerRule),
      /The following rules cannot be used as both production and test listener rules: arn:\S+listener-rule/,
    ],
    [
      (service) => (advanced(service).ProductionListenerRule = { Ref: listener }),
      /productionListenerRule has an invalid ARN format\. Must be RuleArn for ALB or ListenerArn for NLB\. Got: arn:\S+listener\//,
    ],
    [
      (service) => (advanced(service).AlternateTargetGroupArn = service.LoadBalancers[0].TargetGroupArn),
      /Duplicate targetGroupArn found: arn:\S+targetgroup/,
    ],
    [
      (service) => delete service.LoadBalancers[0].AdvancedConfiguration,
      /advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy/,
    ],
    [
      ({ DeploymentConfiguration: configuration }) =>
        Object.assign(configuration, {
          Strategy: 'CANARY',
          CanaryConfiguration: { CanaryPercent: 5, CanaryBakeTimeInMinutes: 1440 },
          BakeTimeInMinutes: 541,
        }),
      /Total bake time \(1981 minutes\) for progressive deployment exceeds the Cloudformation limit of 33 hours\./,
    ],
  ];
  for (const [change, sentence] of rows) {
    const body = release('v2', ({ Type, Properties }) => {
      if (Type === 'AWS::ECS::Service') change(Properties as unknown as WrongInputs);
    });
    expect([sentence, await stack('UpdateStack', body)]).toEqual([sentence, 'UPDATE_ROLLBACK_COMPLETE']);
    expect(failures().at(-1)).toMatch(sentence);
  }
}, 200_000);

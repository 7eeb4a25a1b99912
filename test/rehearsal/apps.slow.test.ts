import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { INTERNAL } from '../../rehearsal/core/service';
import { type LocalAws, startLocalAws } from '../../rehearsal/local-aws';
import { APPS } from '../apps';
import { Deployer } from '../support/rehearsal/assembly';

/**
 * Apps as people write them, each created, updated and destroyed by CloudFormation's API. docs/apps.md has what of each is
 * recorded without behaviour.
 */

jest.setTimeout(300_000);

/** AWS seconds in a second: nothing here is measured, and most of the time is draining of targets. */
const SPEED = 300;

const page = readFileSync(join(__dirname, '../../docs/apps.md'), 'utf8');

/** The page's row of an app: name, what it is, types. */
function inertOnPage(name: string): readonly string[] {
  const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\``));
  return [...(row?.split('|').at(-2) ?? 'no row').matchAll(/`([\w:]+)`/g)].map(([, type = '']) => type);
}

function synthesized(name: string, version: string) {
  const app = new App({ builtinCloudFormationValidation: false, context: { 'aws:cdk:enable-path-metadata': false } });
  APPS[name]?.(app, version);
  return app.synth();
}

/** What the listeners that speak plain HTTP respond with, those of the test traffic left out. */
async function versionsOf({ world, services }: LocalAws): Promise<readonly string[]> {
  const call = <Output>(operation: string, input: object) =>
    world.call<Output>(INTERNAL, 'elasticloadbalancing', operation, input);
  const { LoadBalancers } = await call<{ LoadBalancers: { LoadBalancerArn: string }[] }>('DescribeLoadBalancers', {});
  const listeners = LoadBalancers.map(async ({ LoadBalancerArn }) => {
    const { Listeners } = await call<{ Listeners: { ListenerArn: string; Port: number }[] }>('DescribeListeners', {
      LoadBalancerArn,
    });
    return Listeners.filter(({ Port }) => Port === 80);
  });
  const found = (await Promise.all(listeners)).flat().map(async ({ ListenerArn }) => {
    const url = `${services.elasticloadbalancing.listenerUrl(ListenerArn)}/version`;
    const response = await fetch(url, { redirect: 'manual' });
    return response.status === 301 ? 'redirect' : ((await response.json()) as { version: string }).version;
  });
  return [...new Set(await Promise.all(found))];
}

/** A deployment by hand of what the stack has registered last, watched until it is over. @returns its status */
async function deployByHand(aws: LocalAws, stop = false): Promise<string> {
  const call = <Output>(service: string, operation: string, input: object) =>
    aws.world.call<Output>(INTERNAL, service, operation, input);
  const { taskDefinitionArns } = await call<{ taskDefinitionArns: string[] }>('ecs', 'ListTaskDefinitions', {
    familyPrefix: 'by-hand',
  });
  const Properties = {
    TaskDefinition: taskDefinitionArns.at(-1),
    LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 },
  };
  const TargetService = { Type: 'AWS::ECS::Service', Properties };
  const content = JSON.stringify({ version: '0.0', Resources: [{ TargetService }] });
  const { deploymentId } = await call<{ deploymentId: string }>('codedeploy', 'CreateDeployment', {
    applicationName: 'by-hand',
    deploymentGroupName: 'by-hand',
    revision: { revisionType: 'AppSpecContent', appSpecContent: { content } },
  });
  if (stop) await call('codedeploy', 'StopDeployment', { deploymentId, autoRollbackEnabled: true });
  for (;;) {
    const { deploymentInfo } = await call<{ deploymentInfo: { status: string } }>('codedeploy', 'GetDeployment', {
      deploymentId,
    });
    if (/Succeeded|Failed|Stopped/.test(deploymentInfo.status)) return deploymentInfo.status;
    await aws.clock.sleep(5_000);
  }
}

/** A bad release of an app, and what production responds with before and after it. */
const BAD_RELEASES: Readonly<
  Record<string, (aws: LocalAws, deploy: (version: string) => Promise<void>) => Promise<void>>
> = {
  rolling: (_aws, deploy) =>
    expect(deploy('crash')).rejects.toThrow(/UPDATE_ROLLBACK_COMPLETE[^]*Circuit Breaker was triggered/),
  'custom-resource': (_aws, deploy) =>
    expect(deploy('missing')).rejects.toThrow(/UPDATE_ROLLBACK_COMPLETE[^]*ParameterNotFound|not found/),
  'code-deploy': async (aws, deploy) => {
    expect(await versionsOf(aws)).toEqual(['v1']);
    expect(await deployByHand(aws)).toBe('Succeeded');
    expect(await versionsOf(aws)).toEqual(['v2']);
    await deploy('crash');
    expect(await deployByHand(aws, true)).toBe('Stopped');
  },
};

const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  'public-site': ['redirect'],
  worker: [],
  'scheduled-task': [],
};

describe('public apps', () => {
  test.concurrent.each(Object.keys(APPS))('%s is created, released and destroyed', async (name) => {
    const aws = await startLocalAws({ speed: SPEED });
    try {
      const deployer = new Deployer(aws);
      const deploy = (version: string) => deployer.deploy(synthesized(name, version));
      await deploy('v1');
      const inert = new Set(aws.services.cloudformation.inertResources().map(({ type }) => type));
      expect([...inert].sort()).toEqual(inertOnPage(name));
      await deploy('v2');
      await BAD_RELEASES[name]?.(aws, deploy);
      expect(await versionsOf(aws)).toEqual(VERSIONS[name] ?? ['v2']);
      await deployer.destroy(synthesized(name, 'v2'));
      const trouble = aws.events.all().filter(({ event }) => ['fault', 'unreachable', 'exposed'].includes(event));
      expect(trouble.map(({ detail }) => detail)).toEqual([]);
    } finally {
      await aws.stop();
    }
  });
});

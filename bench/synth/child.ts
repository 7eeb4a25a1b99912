import { createRequire } from 'node:module';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { ApplicationLoadBalancer, ListenerAction, ListenerCondition } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { BlueGreenService, ServiceListener, ServiceTask } from '../../lib';
import { RawService } from './raw';
import { RawRelease } from './raw-release';

/**
 * One measurement in a process of its own: `<ours|shared|raw|plain|peer> <services>` prints `{ ms, types }`. The CDK loads its
 * modules when they are first used, so one service is synthesized before the clock starts. No account, no region.
 */

export interface Measurement {
  /** CPU time from the first construct to the written assembly: a busy machine does not lengthen it. */
  readonly ms: number;
  /** How many resources of each type the template has. */
  readonly types: Readonly<Record<string, number>>;
}

/** `shared`: ours on one load balancer and its two listeners. `peer`: cdk-ecs-codedeploy. */
export type Variant = 'ours' | 'shared' | 'raw' | 'plain' | 'peer';

const image = ContainerImage.fromRegistry('example/web:1');
const task = ServiceTask.fromImage(image, { containerPort: 8080 });

const BUILD: Readonly<Record<Exclude<Variant, 'peer'>, (cluster: ICluster, ids: readonly string[]) => void>> = {
  ours(cluster, ids) {
    for (const id of ids) new BlueGreenService(cluster.stack, id, { cluster, task });
  },
  shared(cluster, ids) {
    const { stack, vpc } = cluster;
    const loadBalancer = new ApplicationLoadBalancer(stack, 'Shared', { vpc, internetFacing: true });
    const defaultAction = ListenerAction.fixedResponse(404);
    const productionListener = loadBalancer.addListener('Production', { port: 80, defaultAction });
    const testListener = loadBalancer.addListener('Test', { port: 8080, open: false, defaultAction });
    ids.forEach((id, index) => {
      const conditions = [ListenerCondition.hostHeaders([`${id}.example.com`])];
      new BlueGreenService(stack, id, {
        cluster,
        task,
        listener: ServiceListener.onListener(productionListener, {
          conditions,
          priority: index + 1,
          testRule: { listener: testListener, priority: index + 1 },
        }),
      });
    });
  },
  raw(cluster, ids) {
    if (ids.length === 0) return;
    const release = new RawRelease(cluster.stack, 'Release');
    for (const id of ids) new RawService(cluster.stack, id, cluster, release);
  },
  /** A service behind a load balancer of its own, and no safe release. */
  plain(cluster, ids) {
    for (const id of ids)
      new ApplicationLoadBalancedFargateService(cluster.stack, id, {
        cluster,
        taskImageOptions: { image, containerPort: 8080 },
      });
  },
};

function measure(variant: Variant, services: number): Measurement {
  const began = process.cpuUsage();
  // Twenty-five services are more than a stack may hold: what is measured is time.
  const context = { '@aws-cdk/core:stackResourceLimit': 0 };
  const ids = Array.from({ length: services }, (_, index) => `Service${index + 1}`);
  const app = variant === 'peer' ? buildPeer(context, ids) : build(BUILD[variant], context, ids);
  const { template } = app.synth().getStackByName('Bench') as { template: Template };
  const { user, system } = process.cpuUsage(began);
  const ms = (user + system) / 1000;
  const types: Record<string, number> = {};
  for (const { Type } of Object.values(template.Resources)) types[Type] = (types[Type] ?? 0) + 1;
  return { ms, types };
}

function build(add: (cluster: ICluster, ids: readonly string[]) => void, context: object, ids: readonly string[]): App {
  const app = new App({ context: { ...context } });
  const stack = new Stack(app, 'Bench');
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  add(new Cluster(stack, 'Cluster', { vpc }), ids);
  return app;
}

type PlainService = typeof ApplicationLoadBalancedFargateService;

/** With the aws-cdk-lib of its own folder, and a Region: it does not synthesize without. */
function buildPeer(context: object, ids: readonly string[]): App {
  const load = createRequire(join(process.env.GREENLIGHT_BENCH_PEER ?? '', 'index.js'));
  const cdk = load('aws-cdk-lib') as typeof import('aws-cdk-lib');
  const peer = load('@cdklabs/cdk-ecs-codedeploy') as {
    ApplicationLoadBalancedCodeDeployedFargateService: PlainService;
  };
  const app = new cdk.App({ context: { ...context } });
  const stack = new cdk.Stack(app, 'Bench', { env: { region: 'eu-west-1', account: '111111111111' } });
  const vpc = new cdk.aws_ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const cluster = new cdk.aws_ecs.Cluster(stack, 'Cluster', { vpc });
  const taskImageOptions = { image: cdk.aws_ecs.ContainerImage.fromRegistry('example/web:1'), containerPort: 8080 };
  for (const id of ids)
    new peer.ApplicationLoadBalancedCodeDeployedFargateService(stack, id, { cluster, taskImageOptions });
  return app;
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
}

const [variant = 'ours', services = '1'] = process.argv.slice(2);
measure(variant as Variant, 1);
console.log(JSON.stringify(measure(variant as Variant, Number(services))));

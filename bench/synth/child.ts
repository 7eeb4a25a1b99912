import { App, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { BlueGreenService } from '../../lib';
import { RawService } from './raw';
import { RawRelease } from './raw-release';

/**
 * One measurement in a process of its own: `<ours|raw|plain> <services>` prints `{ ms, types }`. The CDK loads its
 * modules when they are first used, so one service is synthesized before the clock starts. No account, no region.
 */

export interface Measurement {
  /** CPU time from the first construct to the written assembly: a busy machine does not lengthen it. */
  readonly ms: number;
  /** How many resources of each type the template has. */
  readonly types: Readonly<Record<string, number>>;
}

export type Variant = 'ours' | 'raw' | 'plain';

const image = ContainerImage.fromRegistry('example/web:1');

const BUILD: Readonly<Record<Variant, (cluster: ICluster, ids: readonly string[]) => void>> = {
  ours(cluster, ids) {
    for (const id of ids) new BlueGreenService(cluster.stack, id, { cluster, image, port: 8080 });
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
  const app = new App({ context: { '@aws-cdk/core:stackResourceLimit': 0 } });
  const stack = new Stack(app, 'Bench');
  const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const cluster = new Cluster(stack, 'Cluster', { vpc });
  const ids = Array.from({ length: services }, (_, index) => `Service${index + 1}`);
  BUILD[variant](cluster, ids);
  const { template } = app.synth().getStackByName('Bench') as { template: Template };
  const { user, system } = process.cpuUsage(began);
  const ms = (user + system) / 1000;
  const types: Record<string, number> = {};
  for (const { Type } of Object.values(template.Resources)) types[Type] = (types[Type] ?? 0) + 1;
  return { ms, types };
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
}

const [variant = 'ours', services = '1'] = process.argv.slice(2);
measure(variant as Variant, 1);
console.log(JSON.stringify(measure(variant as Variant, Number(services))));

import { App, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Template } from 'aws-cdk-lib/assertions';
import { BlueGreenService, type ReleaseEngine, ServiceListener, ServiceTask } from '../../lib';

/** A stack of services that share VPC, cluster and load balancer. */
function resourcesOf(engine: ReleaseEngine, ids: readonly string[]): Record<string, number> {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Test');
  const vpc = new Vpc(stack, 'Vpc');
  const cluster = new Cluster(stack, 'Cluster', { vpc });
  const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc });
  const task = ServiceTask.fromImage(ContainerImage.fromRegistry('example/web:1'), { containerPort: 8080 });
  ids.forEach((id, index) => {
    const listener = ServiceListener.onLoadBalancer(loadBalancer, { port: 80 + index, testPort: 9001 + index });
    new BlueGreenService(stack, id, { task, engine, cluster, listener });
  });
  const counts: Record<string, number> = {};
  for (const { Type } of Object.values(
    (Template.fromStack(stack).toJSON() as { Resources: Record<string, { Type: string }> }).Resources,
  ))
    counts[Type] = (counts[Type] ?? 0) + 1;
  return counts;
}

/**
 * The resources of one service are those that a second service adds to a stack: VPC, cluster, load balancer and what services
 * of a stack share, such as the functions of custom resources, are there already.
 */
export function addedResources(engine: ReleaseEngine): Record<string, number> {
  const [one, two] = [resourcesOf(engine, ['Web']), resourcesOf(engine, ['Web', 'Shop'])];
  return Object.fromEntries(
    Object.entries(two).flatMap(([type, count]) => {
      const more = count - (one[type] ?? 0);
      return more === 0 ? [] : [[type, more]];
    }),
  );
}

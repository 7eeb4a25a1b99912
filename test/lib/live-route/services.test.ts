import { Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationLoadBalancer,
  ApplicationTargetGroup,
  ListenerAction,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LiveRoute, ProductionRoute } from '../../../lib';
import { newStack, ofType, templateOf } from '../support';

interface Made {
  readonly stack: Stack;
  readonly route: LiveRoute;
  readonly service: FargateService;
  readonly groups: Readonly<Record<'blue' | 'green' | 'other', ApplicationTargetGroup>>;
}

function made(attachTo: keyof Made['groups'] = 'blue'): Made {
  const stack = newStack();
  const vpc = new Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
  const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc });
  const group = (id: string) => new ApplicationTargetGroup(stack, id, { vpc, port: 80 });
  const groups = { blue: group('Blue'), green: group('Green'), other: group('Other') };
  const { blue, green } = groups;
  loadBalancer.addListener('Listener', { port: 80, defaultAction: ListenerAction.forward([groups[attachTo]]) });
  const production = ProductionRoute.defaultAction(loadBalancer, 80);
  const route = new LiveRoute(stack, 'Route', { blue, green, production });
  const taskDefinition = new FargateTaskDefinition(stack, 'Task');
  const image = ContainerImage.fromRegistry('example/web:1');
  taskDefinition.addContainer('web', { image, portMappings: [{ containerPort: 80 }] });
  const service = new FargateService(stack, 'Service', {
    cluster: new Cluster(stack, 'Cluster', { vpc }),
    taskDefinition,
  });
  service.attachToApplicationTargetGroup(groups[attachTo]);
  return { stack, route, service, groups };
}

const only = (stack: Stack, type: string) =>
  ofType(stack, type)[0] as [string, { Properties: Record<string, unknown> }];

test('a rolling service registers with the live target group, whichever it is', () => {
  const { stack, route, service } = made('green');
  route.followWithService(service);
  route.followWithService(service);
  const [routeId, { Properties: followed }] = only(stack, 'Custom::GreenlightLiveRoute');
  const [, { Properties }] = only(stack, 'AWS::ECS::Service');
  expect(Properties.LoadBalancers).toEqual([
    { ContainerName: 'web', ContainerPort: 80, TargetGroupArn: { 'Fn::GetAtt': [routeId, 'TargetGroupArn'] } },
  ]);
  // So that the route runs again when the service begins to follow, and not at each new version.
  expect(followed.Followers).toEqual([
    { LoadBalancers: [{ ContainerName: 'web', ContainerPort: 80, TargetGroupArn: 'live' }] },
    { StackTags: {} },
  ]);
});

test('synthesis refuses a rolling service that registers with neither side, by its path', () => {
  const { stack, route, service } = made('other');
  route.followWithService(service);
  expect(() => templateOf(stack)).toThrow(/Test\/Service: LoadBalancers register with the pair 0 times/);
});

test.each<[string, (made: Made, imported: FargateService) => void]>([
  ['followWithService', ({ route }, imported) => route.followWithService(imported)],
  ['addEcsService', ({ route }, imported) => route.addEcsService(imported)],
])('%s refuses a service of another stack, by its path', (_name, call) => {
  const here = made();
  const there = made();
  expect(() => call(here, there.service)).toThrow(/Test\/Service is not a service of this stack/);
});

import { Duration } from 'aws-cdk-lib';
import { CfnService, type FargateService } from 'aws-cdk-lib/aws-ecs';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { type BlueGreenService, type BlueGreenServiceProps, SmokeSuite, StatusMatch } from '../../../lib';
import { imageTask, newStack, serviceIn, templateOf } from '../support';

interface Guard {
  readonly Fixed: Record<string, unknown>;
  readonly Ships: string;
  readonly HealthChecks: Readonly<Record<'Blue' | 'Green', unknown>>;
  readonly Checked: unknown;
}

function guardOf(
  props: Partial<BlueGreenServiceProps> | ((stack: ReturnType<typeof newStack>) => Partial<BlueGreenServiceProps>) = {},
  change: (web: BlueGreenService) => void = () => undefined,
) {
  const stack = newStack();
  change(serviceIn(stack, typeof props === 'function' ? props(stack) : props));
  const resources = Object.entries(templateOf(stack).Resources as Record<string, Resource>);
  const [id, guard] = resources.find(([, { Type }]) => Type === 'Custom::GreenlightUpdateGuard') ?? ['', undefined];
  const behind = resources.filter(([, { DependsOn }]) => DependsOn?.includes(id)).map(([, { Type }]) => Type);
  return { properties: guard?.Properties as Guard, behind };
}

interface Resource {
  readonly Type: string;
  readonly Properties: unknown;
  readonly DependsOn?: readonly string[];
}

const HEALTH = {
  Path: '/health',
  Codes: '200',
  Protocol: 'HTTP',
  Port: 'traffic-port',
  Interval: '10',
  Timeout: '5',
  UnhealthyThreshold: '2',
};
const plain = guardOf();

test('both target groups, and so the service behind them, come after the guard', () => {
  const group = 'AWS::ElasticLoadBalancingV2::TargetGroup';
  expect(plain.behind.filter((type) => type === group)).toEqual([group, group]);
  expect(plain.properties).toMatchObject({
    HealthChecks: { Blue: HEALTH, Green: HEALTH },
    Checked: [{ Path: '/health', Status: ['200'], LimitMs: '5000', Times: '1' }],
    Fixed: { LoadBalancers: [{ ContainerName: 'app', ContainerPort: 8080 }], HealthCheckGracePeriodSeconds: 60 },
  });
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html */
const fixed: readonly [string, Parameters<typeof guardOf>[0], string][] = [
  ['containerPort', { task: imageTask({ containerPort: 9090 }) }, 'LoadBalancers'],
  ['containerName', { task: imageTask({ containerName: 'web' }) }, 'LoadBalancers'],
  [
    'securityGroups',
    (stack) => ({ securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0')] }),
    'NetworkConfiguration',
  ],
  [
    'capacityProviderStrategies',
    { capacityProviderStrategies: [{ capacityProvider: 'FARGATE', weight: 1 }] },
    'CapacityProviderStrategy',
  ],
  ['healthCheckGracePeriod', { healthCheckGracePeriod: Duration.minutes(2) }, 'HealthCheckGracePeriodSeconds'],
];

test.each(fixed)('a change of %s is seen by the guard', (_prop, props, property) => {
  const { Fixed } = guardOf(props).properties;
  expect(Fixed[property]).not.toEqual(plain.properties.Fixed[property]);
});

test('a change of taskSubnets is seen by the guard', () => {
  const { Fixed } = guardOf({}, ({ service, vpc }) => {
    const [subnet] = vpc.publicSubnets;
    escape(service).addPropertyOverride('NetworkConfiguration.AwsvpcConfiguration.Subnets', [subnet?.subnetId]);
  }).properties;
  expect(Fixed.NetworkConfiguration).not.toEqual(plain.properties.Fixed.NetworkConfiguration);
});

test.each<[string, (service: FargateService) => void]>([
  ['enableExecuteCommand', (service) => escape(service).addPropertyOverride('EnableExecuteCommand', true)],
  ['propagateTags', (service) => void (escape(service).propagateTags = 'SERVICE')],
])('what is set on the service itself is seen too: %s', (_what, set) => {
  const { Fixed } = guardOf({}, ({ service }) => set(service)).properties;
  expect(Fixed).not.toEqual(plain.properties.Fixed);
});

const escape = (service: FargateService) => service.node.defaultChild as CfnService;

test.each<[string, Partial<BlueGreenServiceProps>]>([
  ['another image tag', { task: imageTask({ environment: { VERSION: '2' } }) }],
  ['desiredCount', { desiredCount: 4 }],
  ['cpu', { task: imageTask({ cpu: 512, memoryLimitMiB: 1024 }) }],
])('%s changes nothing that is fixed', (_what, props) => {
  expect(guardOf(props).properties.Fixed).toEqual(plain.properties.Fixed);
});

test('what configureHealthCheck sets counts, and what the suite asks for plainly', () => {
  const suite = SmokeSuite.of(
    { name: 'ready', path: '/ready', expect: { status: [StatusMatch.code(200), StatusMatch.code(204)] } },
    { name: 'posted', path: '/orders', method: 'POST' },
    { name: 'with a key', path: '/report', headers: { 'x-api-key': 'k' } },
    { name: 'fast', path: '/fast', expect: { latency: Duration.seconds(2) }, repeat: { times: 10 } },
    { name: 'lenient', path: '/lenient', repeat: { times: 10, errorPercent: 20 } },
  );
  const { properties } = guardOf({ suite, healthCheck: { path: '/ready' } }, ({ twins }) => {
    const group = twins.blue.node.defaultChild as CfnTargetGroup;
    group.matcher = { httpCode: '200-299' };
  });
  expect(properties).toMatchObject({
    HealthChecks: { Blue: { Path: '/ready', Codes: '200-299' }, Green: { Path: '/ready', Codes: '200' } },
    Checked: [
      { Path: '/ready', Status: ['200', '204'], LimitMs: '5000', Times: '1' },
      { Path: '/fast', Status: ['200'], LimitMs: '2000', Times: '10' },
      { Path: '/lenient', Status: ['200'], LimitMs: '5000', Times: '1' },
    ],
  });
});

test('healthyHttpCodes are accepted by target groups, preflight and the default suite alike', () => {
  const stack = newStack();
  serviceIn(stack, { healthCheck: { healthyHttpCodes: '200,204' } });
  const resources = Object.values(templateOf(stack).Resources) as unknown as {
    readonly Type: string;
    readonly Properties: {
      readonly Matcher?: unknown;
      readonly Environment?: { readonly Variables: Readonly<Record<string, string>> };
      readonly Checked?: unknown;
    };
  }[];
  const groups = resources.filter(({ Type }) => Type === 'AWS::ElasticLoadBalancingV2::TargetGroup');
  expect(groups.map(({ Properties }) => Properties.Matcher)).toEqual(Array(2).fill({ HttpCode: '200,204' }));
  const codes = resources.flatMap(({ Properties }) => Properties.Environment?.Variables.GREENLIGHT_HEALTH_CODES ?? []);
  expect(new Set(codes)).toEqual(new Set(['200,204']));
  const guard = resources.find(({ Type }) => Type === 'Custom::GreenlightUpdateGuard');
  expect(guard?.Properties.Checked).toMatchObject([{ Path: '/health', Status: ['200', '204'] }]);
});

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CfnResource, Duration, type Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import type { CfnService } from 'aws-cdk-lib/aws-ecs';
import type { CfnTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { type BlueGreenService, TwinEnvironments } from '../../lib';
import { publicProps } from './public-props';
import { newStack, serviceIn } from './support';
import { type Change, type Effect, nothing, ROWS } from './update-effects/rows';

/** What an update of each prop does: what the guard refuses, what it weighs, what is a release, and what changes at once. */

interface Guard {
  readonly Fixed: Readonly<Record<string, unknown>>;
  readonly HealthChecks: unknown;
}

/** Without synthesis, which checks what no test here is about. */
function propertiesOf(stack: Stack, type: string): unknown[] {
  return stack.node
    .findAll()
    .filter((each): each is CfnResource => CfnResource.isCfnResource(each) && each.cfnResourceType === type)
    .map((each) => stack.resolve(each._toCloudFormation()) as { Resources: Record<string, { Properties: unknown }> })
    .flatMap(({ Resources }) => Object.values(Resources).map(({ Properties }) => Properties));
}

const guardIn = (stack: Stack) => propertiesOf(stack, 'Custom::GreenlightUpdateGuard')[0] as Guard;

function stateOf(change: Change, escape: (web: BlueGreenService) => void = () => undefined) {
  const stack = newStack();
  escape(serviceIn(stack, change(stack)));
  const { Fixed, HealthChecks } = guardIn(stack);
  const [release] = propertiesOf(stack, 'Custom::GreenlightEcsRelease') as { AppSpec: unknown }[];
  return { Fixed, HealthChecks, ships: [propertiesOf(stack, 'AWS::ECS::TaskDefinition'), release?.AppSpec] };
}

function effectOf(before: ReturnType<typeof stateOf>, after: ReturnType<typeof stateOf>): Effect {
  const differ = (key: keyof typeof before) => JSON.stringify(before[key]) !== JSON.stringify(after[key]);
  if (differ('Fixed')) return 'refused';
  if (differ('HealthChecks')) return 'health check';
  return differ('ships') ? 'release' : 'at once';
}

const states = new Map<Change, ReturnType<typeof stateOf>>();
function knownState(change: Change) {
  const known = states.get(change) ?? stateOf(change);
  states.set(change, known);
  return known;
}

test.each(ROWS)('an update of %s: %s', (_prop, effect, after, before = nothing) => {
  expect(effectOf(knownState(before), stateOf(after))).toBe(effect);
});

/** The props that are groups, with the types of their options. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  task: ['TaskImageOptions', 'TaskDefinitionOptions'],
  listener: ['NewLoadBalancerOptions', 'LoadBalancerListenerOptions', 'ListenerRuleOptions'],
  healthCheck: [],
  gate: ['ReleaseGateOptions'],
  alarms: ['ReleaseAlarmsOptions'],
  engine: ['CodeDeployEngineOptions'],
};
/** Options of CDK's own type that change something. */
const HEALTH_CHECK = ['healthCheck.path', 'healthCheck.healthyHttpCodes'];

const page = (path: string) => readFileSync(join(__dirname, '../../docs', path), 'utf8');
const cannotChange = page('release.md').split('## What cannot change')[1]?.split(/^## /m)[0] ?? '';

test('every prop of BlueGreenService has such a row, and one in docs/release.md', () => {
  const types = publicProps();
  const props = types.get('BlueGreenServiceProps') ?? [];
  const grouped = Object.entries(GROUPS).flatMap(([prop, names]) =>
    names.flatMap((name) => (types.get(name) ?? []).map((option) => `${prop}.${option}`)),
  );
  const expected = new Set([...props.filter((prop) => !(prop in GROUPS)), ...grouped, ...HEALTH_CHECK]);
  expect(expected.size).toBeGreaterThan(50);
  const rows = new Set(ROWS.map(([prop]) => prop.split(',')[0] ?? ''));
  const whole = ['task', 'listener'];
  expect([...rows].filter((prop) => !whole.includes(prop)).sort()).toEqual([...expected].sort());
  expect([...rows].filter((prop) => !cannotChange.includes(`\`${prop}\``))).toEqual([]);
});

test('every property of AWS::ECS::Service is fixed or one that may change, and has a row in docs/release.md', () => {
  const folder = dirname(require.resolve('aws-cdk-lib/package.json'));
  const source = readFileSync(join(folder, 'aws-ecs/lib/ecs.generated.d.ts'), 'utf8');
  const [, declared = ''] = source.split('export interface CfnServiceProps {');
  const names = [...(declared.split(/^}/m)[0] ?? '').matchAll(/^ {4}readonly (\w+)\??:/gm)].map(([, name = '']) =>
    name.replace(/^./, (letter) => letter.toUpperCase()).replace('Ecs', 'ECS'),
  );
  expect(names).toContain('LoadBalancers');
  const { Fixed } = stateOf(nothing, ({ service }) => {
    const resource = service.node.defaultChild as CfnService;
    for (const name of names) if (name !== 'LoadBalancers') resource.addPropertyOverride(name, 'changed');
  });
  const free = names.filter((name) => Fixed[name] === undefined);
  expect(free.sort()).toEqual(['DesiredCount', 'Tags', 'TaskDefinition']);
  expect(names.filter((name) => !cannotChange.includes(`\`${name}\``))).toEqual([]);
});

describe('target groups', () => {
  const twins = (healthCheck: Partial<{ interval: number; timeout: number; unhealthy: number; path: string }> = {}) => {
    const stack = newStack();
    new TwinEnvironments(stack, 'Twins', {
      containerPort: 8080,
      healthCheck: {
        path: healthCheck.path,
        interval: Duration.seconds(healthCheck.interval ?? 20),
        timeout: Duration.seconds(healthCheck.timeout ?? 5),
        unhealthyThresholdCount: healthCheck.unhealthy ?? 3,
      },
      vpc: new Vpc(stack, 'Vpc'),
    });
    return guardIn(stack);
  };

  test.each([{ path: '/ready' }, { interval: 10 }, { timeout: 4 }, { unhealthy: 2 }])(
    'of TwinEnvironments without a BlueGreenService are guarded too: %p',
    (change) => {
      expect(twins(change).HealthChecks).not.toEqual(twins().HealthChecks);
      expect(twins(change).Fixed).toEqual(twins().Fixed);
    },
  );

  test.each<[string, (target: CfnTargetGroup) => void]>([
    ['port', (target) => void (target.port = 9999)],
    ['protocol', (target) => void (target.protocol = 'HTTPS')],
    ['protocolVersion', (target) => void (target.protocolVersion = 'GRPC')],
    ['name', (target) => void (target.name = 'other')],
  ])('what replaces one of them is refused: %s', (_what, set) => {
    const changed = stateOf(nothing, ({ twins: { green } }) => set(green.node.defaultChild as CfnTargetGroup));
    expect(effectOf(knownState(nothing), changed)).toBe('refused');
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { GateEnvironment, SUITE_FILE } from '../../../lambda/gate/types';
import type { Suite } from '../../../smoke/suite/model';
import {
  BlueGreenService,
  HeaderMatch,
  LifecycleEvent,
  ServiceListener,
  ServiceTask,
  type SmokeCheck,
  SmokeSuite,
  StatusMatch,
} from '../../../lib';
import { flat, newStack, ofType, serviceIn, statements, newApp } from '../support';
import { nonEmpty } from '../../support/non-empty';

const SUITE: SmokeCheck[] = [
  {
    name: 'orders',
    path: '/orders',
    headers: { accept: 'application/json' },
    expect: {
      status: [StatusMatch.code(200), StatusMatch.code(204)],
      headers: { 'content-type': HeaderMatch.pattern('json'), 'x-version': HeaderMatch.exactly('2') },
      latency: Duration.millis(300),
    },
    retries: 1,
    timeout: Duration.seconds(2),
  },
];

function hooks(stack: Stack): Record<string, never>[] {
  return ofType(stack, 'AWS::Lambda::Function')
    .map(([, each]) => each.Properties)
    .filter((properties) => 'VpcConfig' in properties);
}

test('one function per lifecycle event, each with its event and listener', () => {
  const stack = newStack();
  const web = serviceIn(stack);
  const found = hooks(stack).map((properties) => {
    const { Variables } = properties.Environment as unknown as { Variables: Record<string, unknown> };
    return [Variables[GateEnvironment.lifecycleEvent], flat(Variables[GateEnvironment.targetUrl])];
  });
  expect(found).toEqual([
    ['BeforeInstall', expect.stringMatching(/^http:\/\/<.*DNSName>:80$/)],
    ['AfterAllowTestTraffic', expect.stringMatching(/^http:\/\/<.*DNSName>:9080$/)],
    ['AfterAllowTraffic', expect.stringMatching(/^http:\/\/<.*DNSName>:80$/)],
  ]);
  expect(() => web.gate.functionOf('AfterInstall' as LifecycleEvent)).toThrow(
    /AfterInstall: no gate runs at this event/,
  );
});

test('the functions run in the private subnets, in the gate group, on the newest Node', () => {
  const stack = newStack();
  serviceIn(stack);
  for (const properties of nonEmpty(hooks(stack))) {
    expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Handler: 'index.handler' });
    const { SubnetIds, SecurityGroupIds } = properties.VpcConfig as unknown as Record<string, unknown[]>;
    expect(SubnetIds?.map(flat)).toEqual([expect.stringContaining('Private'), expect.stringContaining('Private')]);
    expect(SecurityGroupIds?.map(flat)).toEqual([expect.stringContaining('WebGateSecurityGroup')]);
  }
});

test('a security group of your own is let in by the listeners, and gets its way out', () => {
  const stack = newStack();
  const vpc = new Vpc(stack, 'Vpc');
  const gateSecurityGroup = new SecurityGroup(stack, 'Mine', { vpc, allowAllOutbound: false });
  const web = serviceIn(stack, { vpc, gate: { securityGroup: gateSecurityGroup } });
  for (const properties of nonEmpty(hooks(stack))) {
    const { SecurityGroupIds } = properties.VpcConfig as unknown as Record<string, unknown[]>;
    expect(SecurityGroupIds?.map(flat)).toEqual([expect.stringMatching(/^<Mine\w+\.GroupId>$/)]);
  }
  const groups = ofType(stack, 'AWS::EC2::SecurityGroup').map(([id]) => id);
  expect(groups.filter((id) => id.includes('Gate'))).toEqual([]);
  const [, mine] = ofType(stack, 'AWS::EC2::SecurityGroup').find(([id]) => id.startsWith('Mine')) ?? [];
  expect(mine?.Properties.SecurityGroupEgress).toEqual([
    expect.objectContaining({ FromPort: 443, CidrIp: '0.0.0.0/0' }),
  ]);
  const rules = (type: string) => ofType(stack, type).filter(([id]) => id.includes('Mine'));
  const ports = (type: string) => rules(type).map(([, { Properties }]) => Number(Properties.FromPort));
  expect(ports('AWS::EC2::SecurityGroupIngress')).toContain(9080);
  expect(ports('AWS::EC2::SecurityGroupEgress').sort()).toEqual([80, 9080]);
  expect(web.gate.connections.securityGroups).toEqual([gateSecurityGroup]);
});

test('a group of the gate that lets everything out gets no rule for it; the one of the listeners is refused', () => {
  const stack = newStack();
  const vpc = new Vpc(stack, 'Vpc');
  const open = new SecurityGroup(stack, 'Open', { vpc });
  serviceIn(stack, { vpc, gate: { securityGroup: open } });
  expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('Ignoring Egress'))).toEqual([]);
  const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc });
  const [own] = loadBalancer.connections.securityGroups;
  const image = ContainerImage.fromRegistry('example/web:1');
  expect(
    () =>
      new BlueGreenService(stack, 'Other', {
        task: ServiceTask.fromImage(image, { containerPort: 8080 }),
        listener: ServiceListener.onLoadBalancer(loadBalancer),
        vpc,
        gate: { securityGroup: own },
      }),
  ).toThrow(/Other\/Gate: securityGroup is that of a listener.*name another group/);
});

test('every variable that the gate requires is set; the alarms are a JSON array of names', () => {
  const stack = newStack();
  serviceIn(stack, { listener: ServiceListener.create({ domainName: 'shop.example.com' }) });
  for (const properties of nonEmpty(hooks(stack))) {
    const { Variables } = properties.Environment as unknown as { Variables: Record<string, unknown> };
    const optional: string[] = [
      GateEnvironment.tlsVerification,
      GateEnvironment.versionHeader,
      GateEnvironment.customChecks,
      GateEnvironment.variables,
      GateEnvironment.liveUrl,
    ];
    const set = Object.keys(Variables).filter((name) => !optional.includes(name));
    expect(set.sort()).toEqual(
      Object.values(GateEnvironment)
        .filter((name) => !optional.includes(name))
        .sort(),
    );
    expect(flat(Variables[GateEnvironment.alarmNames])).toMatch(/^\["<WebAlarmsBlue5xxRate\w+>"(,"<\w+>"){7}\]$/);
    expect(flat(Variables[GateEnvironment.loadBalancerFullName])).toMatch(/LoadBalancerFullName>$/);
  }
});

test('timeouts that are known only at deploy time reach the functions, which have all the time that Lambda gives', () => {
  const stack = newStack();
  const seconds = new CfnParameter(stack, 'Seconds', { type: 'Number' }).valueAsNumber;
  const limit = Duration.seconds(seconds);
  serviceIn(stack, { gate: { timeout: limit, bakeCheckTime: limit } });
  const [, test, bake] = hooks(stack) as unknown as { Timeout: number; Environment: { Variables: object } }[];
  const known = { Ref: 'Seconds' };
  expect(test).toMatchObject({
    Timeout: 900,
    Environment: { Variables: { [GateEnvironment.timeoutSeconds]: known } },
  });
  expect(bake).toMatchObject({ Timeout: 900, Environment: { Variables: { [GateEnvironment.bakeSeconds]: known } } });
});

test('the suite is next to the handler, and the asset depends only on the suite', () => {
  const synth = (suite: SmokeCheck[]) => {
    const app = newApp();
    const stack = new Stack(app, 'Test');
    serviceIn(stack, { suite: SmokeSuite.of(...suite) });
    const directory = app.synth().directory;
    const key = (hooks(stack)[0]?.Code as unknown as { S3Key: string }).S3Key.replace('.zip', '');
    const text = readFileSync(join(directory, `asset.${key}`, SUITE_FILE), 'utf8');
    return { key, suite: JSON.parse(text) as Suite };
  };
  const first = synth(SUITE);
  expect(first.suite).toEqual({
    checks: [
      {
        name: 'orders',
        path: '/orders',
        headers: { accept: 'application/json' },
        expect: {
          status: [200, 204],
          headers: { 'content-type': { pattern: 'json' }, 'x-version': '2' },
          latencyMs: 300,
        },
        retries: 1,
        timeoutMs: 2000,
      },
    ],
  });
  expect(synth(SUITE).key).toBe(first.key);
  expect(synth([{ name: 'orders', path: '/orders' }]).key).not.toBe(first.key);
});

test('reports to its own deployment group and manages network interfaces, and no more', () => {
  const stack = newStack();
  serviceIn(stack);
  const own = statements(stack).filter(({ holder }) => holder.startsWith('WebGateRole'));
  const on = own.find(({ Action }) => JSON.stringify(Action).includes('PutLifecycleEventHookExecutionStatus'));
  expect(on?.Action).toEqual([
    'codedeploy:BatchGetDeploymentTargets',
    'codedeploy:GetDeployment',
    'codedeploy:PutLifecycleEventHookExecutionStatus',
  ]);
  const [, group] = ofType(stack, 'AWS::CodeDeploy::DeploymentGroup')[0] ?? [];
  const { ApplicationName, DeploymentGroupName } = group?.Properties ?? {};
  expect(flat(on?.Resource)).toMatch(new RegExp(`:deploymentgroup:${flat(ApplicationName)}/${DeploymentGroupName}$`));
  expect(own.map(({ Action }) => Action)).toEqual([
    ['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface'],
    expect.arrayContaining(['elasticloadbalancing:DescribeTargetHealth']),
    'cloudwatch:DescribeAlarms',
    on?.Action,
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
  ]);
});

test('every problem in a suite stops synthesis in one error', () => {
  const suite = SmokeSuite.of(
    { name: 'a', path: 'orders' },
    { name: 'a', path: '/x', expect: { status: [StatusMatch.code(42)] } },
  );
  expect(() => serviceIn(newStack(), { suite })).toThrow(
    /smoke suite: .*checks\[0\]\.path.*; .*42.*; .*names are unique/s,
  );
  expect(() => serviceIn(newStack(), { suite: SmokeSuite.of() })).toThrow(/list at least one check/);
});

test('a VPC without private subnets is refused with the remedy', () => {
  const stack = newStack();
  const vpc = new Vpc(stack, 'Vpc', { subnetConfiguration: [{ name: 'edge', subnetType: SubnetType.PUBLIC }] });
  expect(() => serviceIn(stack, { vpc })).toThrow(/no private subnet with egress.*PRIVATE_WITH_EGRESS.*NAT gateway/);
});

test.each([[Duration.seconds(5)], [Duration.minutes(15)]])('refuses a timeout of %s', (timeout) => {
  expect(() => serviceIn(newStack(), { gate: { timeout } })).toThrow(
    /timeout \d+ s: must be whole seconds from 10 s to 840 s/,
  );
});

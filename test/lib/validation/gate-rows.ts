import { Duration, type Stack } from 'aws-cdk-lib';
import { AlarmRule, CompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import {
  type BlueGreenService,
  type CustomCheck,
  type EcsReleaseProps,
  ReleaseAlarms,
  LifecycleEvent,
  type ReleaseGateProps,
  TrafficShift,
  type VersionHeader,
} from '../../../lib';
import { alarm, type Row } from './rows';

export const GATE: readonly Row<Partial<ReleaseGateProps>>[] = [
  ['timeout', { timeout: Duration.minutes(15) }, 'timeout 900 s', '10 s to 840 s', 'keeps one to report'],
  ['bakeCheckTime', { bakeCheckTime: Duration.minutes(51) }, 'bakeCheckTime 3060 s', '0 s to 3000 s', 'bakeTime'],
  ['versionHeader', { versionHeader: { name: 'x version', value: '1' } }, "'x version'", 'x-version'],
  [
    'alarms and additionalAlarms',
    (stack) => ({
      alarms: ReleaseAlarms.fromAlarms(stack, 'Alarms', [alarm(stack, 'First')]),
      additionalAlarms: Array.from({ length: 100 }, (_, index) => alarm(stack, `A${index}`)),
    }),
    '101 alarms',
    '100 at once',
    'composite',
  ],
  [
    'securityGroup',
    (stack) => {
      const [securityGroup] = (stack.node.findChild('Web') as BlueGreenService).twins.testListener.connections
        .securityGroups;
      return { ...(securityGroup && { securityGroup }) };
    },
    'securityGroup is that of a listener',
    'leave securityGroup out',
  ],
  ['customChecks', (stack) => ({ customChecks: [check(stack), check(stack)] }), "'own'", 'names are unique'],
  [
    'vpc',
    (stack) => ({ vpc: new Vpc(stack, 'Flat', { natGateways: 0 }) }),
    'no private subnet with egress',
    'vpcSubnets',
  ],
];

export const check = (stack: Stack): CustomCheck => ({
  name: 'own',
  handler: LambdaFunction.fromFunctionArn(
    stack.node.tryFindChild('F') ? new Construct(stack, 'Again') : stack,
    'F',
    'arn:aws:lambda:eu-west-1:111111111111:function:own',
  ),
});

export const CUSTOM: readonly Row<Partial<CustomCheck>>[] = [
  ['name', { name: ' ' }, "customChecks ' '", 'give the check a name'],
  ['timeout', { timeout: Duration.minutes(15) }, 'timeout 900 s', '1 s to 840 s'],
  ['lifecycleEvents', { lifecycleEvents: [] }, 'lifecycleEvents is empty', 'leave lifecycleEvents out'],
  [
    'lifecycleEvents before there is green',
    { lifecycleEvents: [LifecycleEvent.BEFORE_INSTALL] },
    'no green before install',
    'AFTER_ALLOW_TRAFFIC',
  ],
  [
    'lifecycleEvents before each step without a gate there',
    { lifecycleEvents: [LifecycleEvent.BEFORE_ALLOW_TRAFFIC] },
    'no gate runs at BEFORE_ALLOW_TRAFFIC',
    'set stepCheck, with ReleaseEngine.ecs()',
  ],
];

export const HEADER: readonly Row<Partial<VersionHeader>>[] = [
  ['name', { name: '' }, "versionHeader.name ''", 'x-version'],
  ['value', { value: '' }, "versionHeader.value ''", 'its version'],
];

export const RELEASE: readonly Row<Partial<EcsReleaseProps>>[] = [
  ['containerName', { containerName: 'other' }, "containerName 'other'", 'the name of one'],
  ['containerPort', { containerPort: 70_000 }, 'containerPort 70000', '1 to 65535'],
  ['subnets', { subnets: [] }, 'subnets is empty', 'name the subnets'],
  [
    'securityGroups',
    (stack) => ({
      securityGroups: [1, 2, 3, 4, 5, 6].map((each) =>
        SecurityGroup.fromSecurityGroupId(stack, `G${each}`, `sg-${each}`),
      ),
    }),
    '6 securityGroups',
    '5 at most',
    'name those',
  ],
  [
    'capacityProviderStrategies',
    { capacityProviderStrategies: [{ capacityProvider: 'own', base: 1 }] },
    'no capacity provider has a weight above 0',
    'give one a weight',
  ],
  ['maxFailedTasks', { maxFailedTasks: 0.5 }, 'maxFailedTasks 0.5', 'a whole number from 1 to 5000'],
  ['startTimeout', { startTimeout: Duration.hours(2) }, 'startTimeout 7200 s', '60 s to 3600 s'],
  ['approvalTimeout', { approvalTimeout: Duration.minutes(51) }, 'approvalTimeout 51 min', '1 min to 50 min'],
  [
    'alarms',
    (stack) => ({
      alarms: ReleaseAlarms.fromAlarms(
        stack,
        'Alarms',
        Array.from({ length: 11 }, (_, index) => alarm(stack, `A${index}`)),
      ),
    }),
    '11 alarms',
    '10 at most',
  ],
  [
    'alarms, a composite one',
    (stack) => {
      const composite = new CompositeAlarm(stack, 'All', { alarmRule: AlarmRule.fromBoolean(true) });
      return { alarms: ReleaseAlarms.fromAlarms(stack, 'Alarms', [composite]) };
    },
    'composite alarm',
    'name the metric alarms',
  ],
  [
    'trafficShift over the hour',
    { trafficShift: TrafficShift.canary({ percent: 10, interval: Duration.minutes(59) }) },
    'shift of 10 % then the rest after 59 min 59 min',
    '60 min at most',
    'shift faster',
  ],
];

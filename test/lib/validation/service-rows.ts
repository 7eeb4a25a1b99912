import { CfnParameter, Duration } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import {
  type BlueGreenServiceProps,
  type BreakGlassOptions,
  type CodeDeployEngineOptions,
  type ReleaseAlarmsOptions,
  type ReleaseApproval,
  type TaskDefinitionOptions,
  type TaskImageOptions,
  TrafficShift,
  type TrafficShiftOptions,
} from '../../../lib';
import { alarm, type Row } from './rows';

export const TASK: readonly Row<Partial<TaskImageOptions>>[] = [
  ['containerPort', { containerPort: 0 }, 'containerPort 0', '1 to 65535'],
  ['containerPort with a fraction', { containerPort: 80.5 }, 'containerPort 80.5', 'a whole number'],
  ['containerName', { containerName: 'my app' }, "task.containerName 'my app'", 'letters, digits'],
  ['cpu', { cpu: 300 }, 'task.cpu 300', '256, 512, 1024'],
  [
    'memoryLimitMiB',
    { cpu: 1024, memoryLimitMiB: 512 },
    'task.memoryLimitMiB 512 with cpu 1024',
    '2048 to 8192',
    'change one',
  ],
  ['memoryLimitMiB between sizes', { memoryLimitMiB: 1536 }, 'memoryLimitMiB 1536', '512, 1024 or 2048'],
  ['rehearsalCommand', { rehearsalCommand: [] }, 'task.rehearsalCommand is empty', 'name a program'],
];

export const OWN_TASK: readonly Row<TaskDefinitionOptions>[] = [
  ['containerName', { containerName: 'x' }, "task.containerName 'x'", 'the name of one'],
  ['containerPort that is missing', {}, 'task: the container web maps no port', 'set containerPort'],
];

export const ENGINE: readonly Row<CodeDeployEngineOptions>[] = [
  ['startTimeout', { startTimeout: Duration.seconds(59) }, 'startTimeout 59 s', '60 s to 3600 s'],
];

export const SERVICE: readonly Row<Partial<BlueGreenServiceProps>>[] = [
  ['task that is missing', { task: undefined }, 'task is missing', 'ServiceTask.fromImage()'],
  [
    'cluster in another vpc',
    (stack) => ({
      vpc: new Vpc(stack, 'One'),
      cluster: new Cluster(stack, 'Cluster', { vpc: new Vpc(stack, 'Two') }),
    }),
    'vpc and cluster',
    'leave vpc out',
  ],
  ['vpc', (stack) => ({ vpc: new Vpc(stack, 'Flat', { natGateways: 0 }) }), 'no private subnet', 'NAT gateway'],
  [
    'assignPublicIp left out with public taskSubnets',
    { taskSubnets: { subnetType: SubnetType.PUBLIC } },
    'taskSubnets has the public subnet Test/Web/Vpc/PublicSubnet1',
    'set assignPublicIp to true',
  ],
  [
    'gate.vpcSubnets that are public',
    { gate: { vpcSubnets: { subnetType: SubnetType.PUBLIC } } },
    'Test/Web/Vpc/PublicSubnet1 is public',
    'private subnets with a way out',
  ],
  [
    'gate.vpcSubnets left out in a VPC with only isolated subnets',
    (stack) => ({
      vpc: new Vpc(stack, 'Closed', {
        subnetConfiguration: [{ name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED }],
      }),
      taskSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    }),
    'no private subnet with egress for the gate',
    'set gate.vpcSubnets to isolated subnets with VPC endpoints',
  ],
  ['securityGroups', { securityGroups: [] }, 'securityGroups is empty', 'leave securityGroups out'],
  [
    'capacityProviderStrategies',
    { capacityProviderStrategies: [{ capacityProvider: 'EC2', weight: 1 }] },
    "'EC2'",
    'FARGATE_SPOT',
  ],
  [
    'weight',
    { capacityProviderStrategies: [{ capacityProvider: 'FARGATE', weight: 1001 }] },
    'weight of FARGATE 1001',
    '0 to 1000',
  ],
  ['desiredCount', { desiredCount: 0 }, 'desiredCount 0', '1 to 5000'],
  ['maxCapacity', { desiredCount: 4, maxCapacity: 3 }, 'maxCapacity 3', '4 to 5000'],
  [
    'healthCheckGracePeriod',
    { healthCheckGracePeriod: Duration.millis(500) },
    'healthCheckGracePeriod 0.5 s',
    'whole seconds',
  ],
  ['bakeTime', { bakeTime: Duration.minutes(2881) }, 'bakeTime 2881 min', '0 min to 2880 min'],
  ['gate', { gate: { timeout: Duration.seconds(5) } }, 'Gate: timeout 5 s', '10 s to 840 s', 'keeps one to report'],
  ['maxFailedTasks', { maxFailedTasks: 0 }, 'maxFailedTasks 0', '1 to 5000'],
  [
    'trafficShift',
    { trafficShift: TrafficShift.canary({ percent: 100, interval: Duration.minutes(1) }) },
    'percent 100',
    '1 to 99',
    'allAtOnce()',
  ],
  [
    'interval',
    { trafficShift: TrafficShift.linear({ percent: 50, interval: Duration.seconds(90) }) },
    'interval 1.5 min',
    'whole minutes',
  ],
  [
    'an hour',
    { trafficShift: TrafficShift.linear({ percent: 10, interval: Duration.minutes(10) }) },
    'shift of 10 % every 10 min 90 min',
    '60 min at most',
    'shift faster',
  ],
  [
    'healthCheck.path without a suite',
    (stack) => ({ healthCheck: { path: new CfnParameter(stack, 'Path').valueAsString } }),
    'healthCheck.path',
    'set suite',
  ],
  [
    'alarms',
    (stack) => ({ alarms: { additionalAlarms: [1, 2, 3, 4, 5].map((each) => alarm(stack, `A${each}`)) } }),
    '5 additionalAlarms',
    '10 alarms',
    'metric math',
  ],
];

export const ALARMS: readonly Row<ReleaseAlarmsOptions>[] = [
  ['errorRatePercent', { errorRatePercent: 101 }, 'errorRatePercent 101', '0 to 100'],
  ['severeErrorRatePercent', { severeErrorRatePercent: -1 }, 'severeErrorRatePercent -1', '0 to 100'],
  ['unhealthyAfter', { unhealthyAfter: Duration.seconds(90) }, 'unhealthyAfter 1.5 min', 'whole minutes', '1 min'],
  ['minRequests', { minRequests: 0 }, 'minRequests 0', '1 to 1000000'],
  ['latencyP99', { latencyP99: Duration.hours(2) }, 'latencyP99 7200 s', '4000 s'],
  ['evaluationPeriods', { evaluationPeriods: 11 }, 'evaluationPeriods 11', '1 to 10'],
];

export const GLASS: readonly Row<BreakGlassOptions>[] = [
  ['reason', { reason: 'because' }, '"because"', '10 to 150 characters', 'say why'],
  ['allow', { reason: 'the outage of today', allow: [] }, 'allow is empty', 'leave allow out'],
];

export const SHIFTS: readonly Row<TrafficShiftOptions>[] = [
  ['percent', { percent: 0, interval: Duration.minutes(1) }, 'percent 0', '1 to 99', 'allAtOnce()'],
  ['interval', { percent: 50, interval: Duration.minutes(2881) }, 'interval 2881 min', '2880 min', 'allAtOnce()'],
];

export const APPROVALS: readonly Row<ReleaseApproval>[] = [
  ['timeout', { timeout: Duration.seconds(90) }, 'approval.timeout 1.5 min', 'whole minutes', '50 min'],
];

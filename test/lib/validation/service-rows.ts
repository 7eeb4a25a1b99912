import { CfnParameter, Duration } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { Role } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  type BlueGreenServiceProps,
  type BreakGlassOptions,
  type ReleaseAlarmsProps,
  type ReleaseApproval,
  TrafficShift,
  type TrafficShiftOptions,
} from '../../../lib';
import { alarm, type Row, taskDefinition } from './rows';

export const SERVICE: readonly Row<Partial<BlueGreenServiceProps>>[] = [
  ['port', { port: 0 }, 'port 0', '1 to 65535'],
  ['port with a fraction', { port: 80.5 }, 'port 80.5', 'a whole number'],
  ['image and taskDefinition missing', { image: undefined }, 'image and taskDefinition', 'set image'],
  [
    'containerName',
    (stack) => ({ taskDefinition: taskDefinition(stack), containerName: 'x' }),
    "containerName 'x'",
    'the name of one',
  ],
  [
    'environment',
    (stack) => ({ taskDefinition: taskDefinition(stack), environment: { A: 'a' } }),
    'environment',
    'set them on',
  ],
  ['secrets', (stack) => ({ taskDefinition: taskDefinition(stack), secrets: {} }), 'secrets', 'set them on'],
  [
    'cpuArchitecture',
    (stack) => ({ taskDefinition: taskDefinition(stack), cpuArchitecture: CpuArchitecture.ARM64 }),
    'cpuArchitecture',
    'set them on',
  ],
  [
    'cpu beside a task definition',
    (stack) => ({ taskDefinition: taskDefinition(stack), cpu: 512 }),
    'cpu',
    'set them on',
  ],
  [
    'taskRole, executionRole and logGroup beside a task definition',
    (stack) => ({
      taskDefinition: taskDefinition(stack),
      taskRole: Role.fromRoleName(stack, 'A', 'a'),
      executionRole: Role.fromRoleName(stack, 'B', 'b'),
      logGroup: LogGroup.fromLogGroupName(stack, 'L', 'l'),
    }),
    'taskDefinition with taskRole, executionRole, logGroup',
    'set them on',
  ],
  [
    'cluster in another vpc',
    (stack) => ({
      vpc: new Vpc(stack, 'One'),
      cluster: new Cluster(stack, 'Cluster', { vpc: new Vpc(stack, 'Two') }),
    }),
    'vpc and cluster',
    'leave vpc out',
  ],
  ['cpu', { cpu: 300 }, 'cpu 300', '256, 512, 1024'],
  [
    'memoryLimitMiB',
    { cpu: 1024, memoryLimitMiB: 512 },
    'memoryLimitMiB 512 with cpu 1024',
    '2048 to 8192',
    'change one',
  ],
  ['memoryLimitMiB between sizes', { memoryLimitMiB: 1536 }, 'memoryLimitMiB 1536', '512, 1024 or 2048'],
  ['vpc', (stack) => ({ vpc: new Vpc(stack, 'Flat', { natGateways: 0 }) }), 'no private subnet', 'NAT gateway'],
  [
    'assignPublicIp left out with public taskSubnets',
    { taskSubnets: { subnetType: SubnetType.PUBLIC } },
    'taskSubnets has the public subnet Test/Web/Vpc/PublicSubnet1',
    'set assignPublicIp to true',
  ],
  [
    'gateSubnets that are public',
    { gateSubnets: { subnetType: SubnetType.PUBLIC } },
    'Test/Web/Vpc/PublicSubnet1 is public',
    'private subnets with a way out',
  ],
  [
    'gateSubnets left out in a VPC with isolated subnets alone',
    (stack) => ({
      vpc: new Vpc(stack, 'Closed', {
        subnetConfiguration: [{ name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED }],
      }),
      taskSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    }),
    'no private subnet with egress for the gate',
    'set gateSubnets to isolated subnets with VPC endpoints',
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
  ['maximumCount', { desiredCount: 4, maximumCount: 3 }, 'maximumCount 3', '4 to 5000'],
  [
    'healthCheckGracePeriod',
    { healthCheckGracePeriod: Duration.millis(500) },
    'healthCheckGracePeriod 0.5 s',
    'whole seconds',
  ],
  ['bakeTime', { bakeTime: Duration.minutes(2881) }, 'bakeTime 2881 min', '0 min to 2880 min'],
  ['smokeTimeLimit', { smokeTimeLimit: Duration.seconds(5) }, 'timeLimit 5 s', '10 s to 840 s', 'keeps one to report'],
  ['failedTasksMax', { failedTasksMax: 0 }, 'failedTasksMax 0', '1 to 5000'],
  ['startTimeLimit', { startTimeLimit: Duration.seconds(59) }, 'startTimeLimit 59 s', '60 s to 3600 s'],
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
  ['rehearsalCommand', { rehearsalCommand: [] }, 'rehearsalCommand is empty', 'name a program'],
  [
    'healthCheckPath without a suite',
    (stack) => ({ healthCheckPath: new CfnParameter(stack, 'Path').valueAsString }),
    'healthCheckPath',
    'set suite',
  ],
  ['domainName', { domainName: 'https://shop.example.com/' }, "'https://shop.example.com/'", 'a host name alone'],
  [
    'additionalAlarms',
    (stack) => ({ additionalAlarms: [1, 2, 3, 4, 5].map((each) => alarm(stack, `A${each}`)) }),
    '5 additionalAlarms',
    '10 alarms',
    'metric math',
  ],
];

export const ALARMS: readonly Row<Partial<ReleaseAlarmsProps>>[] = [
  ['errorRatePercent', { errorRatePercent: 101 }, 'errorRatePercent 101', '0 to 100'],
  ['severeErrorRatePercent', { severeErrorRatePercent: -1 }, 'severeErrorRatePercent -1', '0 to 100'],
  ['unhealthyAfter', { unhealthyAfter: Duration.seconds(90) }, 'unhealthyAfter 1.5 min', 'whole minutes', '1 min'],
  ['minimumRequests', { minimumRequests: 0 }, 'minimumRequests 0', '1 to 1000000'],
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
  ['timeLimit', { timeLimit: Duration.seconds(90) }, 'approval.timeLimit 1.5 min', 'whole minutes', '50 min'],
];

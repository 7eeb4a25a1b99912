import { ReleaseEngine } from '../../lib';
import { flat, FLAGS, newApp, newStack, ofType, serviceIn, templateOf } from './support';
import { LOGICAL_IDS } from './logical-ids';
import { permissionsOf, trustsOf } from './permissions';

/** What a service with all defaults is, of which no change may go unnoticed: ids, permissions, networks, what is kept. */

const stack = newStack();
serviceIn(stack);
const { Resources: resources } = templateOf(stack);

test.each([ReleaseEngine.codeDeploy(), ReleaseEngine.ecs()])(
  'the CDK’s own validation finds no error: %#',
  (engine) => {
    const validated = newStack('Test', newApp(FLAGS, true));
    serviceIn(validated, { engine });
    expect(Object.keys(templateOf(validated).Resources).length).toBeGreaterThan(30);
  },
);

test('no logical id and no type of a resource changes, or production would be replaced', () => {
  const types = Object.fromEntries(Object.entries(resources).map(([id, { Type }]) => [id, Type]));
  expect(types).toEqual(LOGICAL_IDS);
});

const GROUP_BY_NAME = 'arn:aws:codedeploy:here:own:deploymentgroup:<GreenlightApplication9FD655B0>/Test-Web-23347330';
const GROUP =
  'arn:aws:codedeploy:here:own:deploymentgroup:<GreenlightApplication9FD655B0>/<WebDeploymentGroup3DEF91A9>';
const WAITER = 'Test-GreenlightRelease-469B622D-waiter';
const TO_TASKS = 'if {"StringEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}}';
const OWN_ACCOUNT = 'if {"StringEquals":{"aws:SourceAccount":{"Ref":"AWS::AccountId"}}}';
const DEFAULT_GROUP = 'arn:aws:ec2:here:own:security-group/<WebVpcC228DE21.DefaultSecurityGroup>';

test('roles may be taken on only by the one service that needs them, for this account where AWS says so', () => {
  expect(trustsOf(stack)).toEqual({
    WebExecutionRole4D80947A: `Allow sts:AssumeRole to ecs-tasks.amazonaws.com ${OWN_ACCOUNT}`,
    WebTaskDefinitionTaskRole96791EDD: `Allow sts:AssumeRole to ecs-tasks.amazonaws.com ${OWN_ACCOUNT}`,
    WebGateRole0ACF9D79: 'Allow sts:AssumeRole to lambda.amazonaws.com',
    WebCodeDeployRole64814745: `Allow sts:AssumeRole to codedeploy.amazonaws.com ${OWN_ACCOUNT}`,
    CustomVpcRestrictDefaultSGCustomResourceProviderRole26592FE0: 'Allow sts:AssumeRole to lambda.amazonaws.com',
    GreenlightLiveRouteRoleDE64C299: 'Allow sts:AssumeRole to lambda.amazonaws.com',
    GreenlightReleaseRoleE70FB440: 'Allow sts:AssumeRole to lambda.amazonaws.com',
    GreenlightReleaseWaiterRole7CB9ADC3: `Allow sts:AssumeRole to states.amazonaws.com ${OWN_ACCOUNT}`,
  });
});

const PERMISSIONS: Readonly<Record<string, readonly string[]>> = {
  GreenlightLiveRouteRoleDefaultPolicyFCFD5E91: [
    'elasticloadbalancing:DescribeListeners on *',
    'elasticloadbalancing:DescribeRules on *',
    'elasticloadbalancing:DescribeTargetHealth on *',
    'cloudformation:DescribeStacks on <AWS::StackId>',
    'cloudformation:DescribeStackResource on <AWS::StackId>',
    'logs:CreateLogStream on <GreenlightLiveRouteLogs2259D399.Arn>',
    'logs:PutLogEvents on <GreenlightLiveRouteLogs2259D399.Arn>',
    `codedeploy:GetDeployment on ${GROUP_BY_NAME}`,
    `codedeploy:ListDeployments on ${GROUP_BY_NAME}`,
  ],
  GreenlightReleaseRoleDefaultPolicy76F22D72: [
    `states:ListExecutions on arn:aws:states:here:own:stateMachine:${WAITER}`,
    `states:StartExecution on arn:aws:states:here:own:stateMachine:${WAITER}`,
    `states:DescribeExecution on arn:aws:states:here:own:execution:${WAITER}:*`,
    `states:StopExecution on arn:aws:states:here:own:execution:${WAITER}:*`,
    'cloudformation:DescribeStacks on <AWS::StackId>',
    'logs:CreateLogStream on <GreenlightReleaseLogs6DC6DC34.Arn>',
    'logs:PutLogEvents on <GreenlightReleaseLogs6DC6DC34.Arn>',
  ],
  GreenlightReleaseRoleWebReleaseD7D037D1: [
    `codedeploy:BatchGetDeploymentTargets on ${GROUP}`,
    `codedeploy:BatchGetDeployments on ${GROUP}`,
    `codedeploy:ContinueDeployment on ${GROUP}`,
    `codedeploy:CreateDeployment on ${GROUP}`,
    `codedeploy:GetDeployment on ${GROUP}`,
    `codedeploy:ListDeployments on ${GROUP}`,
    `codedeploy:StopDeployment on ${GROUP}`,
    'codedeploy:GetApplicationRevision on arn:aws:codedeploy:here:own:application:<GreenlightApplication9FD655B0>',
    'codedeploy:RegisterApplicationRevision on arn:aws:codedeploy:here:own:application:<GreenlightApplication9FD655B0>',
    'codedeploy:GetDeploymentConfig on arn:aws:codedeploy:here:own:deploymentconfig:CodeDeployDefault.ECSCanary10Percent5Minutes',
    'ecs:DescribeServices on <WebServiceD04B5F3E>',
    'ecs:DescribeTasks on arn:aws:ecs:here:own:task/<WebCluster20B6B362>/*',
    'ecs:ListTasks on * if {"ArnEquals":{"ecs:cluster":{"Fn::GetAtt":["WebCluster20B6B362","Arn"]}}}',
    'application-autoscaling:RegisterScalableTarget on arn:aws:application-autoscaling:here:own:scalable-target/* if {"StringEquals":{"application-autoscaling:service-namespace":"ecs"}}',
    'logs:FilterLogEvents on <GreenlightGateLogs7852D5D5.Arn>',
    'logs:FilterLogEvents on arn:aws:logs:here:own:log-group:<WebLogsD9759FC4>:*',
    'cloudwatch:DescribeAlarmHistory on <WebAlarmsBlue5xxRateF5219503.Arn>',
    'cloudwatch:DescribeAlarmHistory on <WebAlarmsBlue5xxSevere34B0FC9A.Arn>',
    'cloudwatch:DescribeAlarmHistory on <WebAlarmsBlueLatencyP9982D57CC2.Arn>',
    'cloudwatch:DescribeAlarmHistory on <WebAlarmsBlueUnhealthyHosts26BC1DE1.Arn>',
    'cloudwatch:DescribeAlarmHistory on <WebAlarmsGreen5xxRate43AFB413.Arn>',
    'cloudwatch:DescribeAlarmHistory on <WebAlarmsGreen5xxSevere93C22327.Arn>',
    'cloudwatch:DescribeAlarmHistory on <WebAlarmsGreenLatencyP99DD1E08EC.Arn>',
    'cloudwatch:DescribeAlarmHistory on <WebAlarmsGreenUnhealthyHosts0FFA4D63.Arn>',
    'cloudwatch:DescribeAlarms on arn:aws:cloudwatch:here:own:alarm:*',
  ],
  WebExecutionRole4D80947A: [
    'logs:CreateLogStream on <WebLogsD9759FC4.Arn>',
    'logs:PutLogEvents on <WebLogsD9759FC4.Arn>',
  ],
  WebGateRole0ACF9D79: [
    'ec2:CreateNetworkInterface on arn:aws:ec2:here:own:*/*',
    'ec2:DeleteNetworkInterface on arn:aws:ec2:here:own:*/*',
    'ec2:DescribeNetworkInterfaces on *',
    'ec2:DescribeSubnets on *',
    'elasticloadbalancing:DescribeRules on *',
    'elasticloadbalancing:DescribeTargetHealth on *',
    'cloudwatch:DescribeAlarms on arn:aws:cloudwatch:here:own:alarm:*',
    `codedeploy:BatchGetDeploymentTargets on ${GROUP_BY_NAME}`,
    `codedeploy:GetDeployment on ${GROUP_BY_NAME}`,
    `codedeploy:PutLifecycleEventHookExecutionStatus on ${GROUP_BY_NAME}`,
    'logs:CreateLogStream on <GreenlightGateLogs7852D5D5.Arn>',
    'logs:PutLogEvents on <GreenlightGateLogs7852D5D5.Arn>',
  ],
  WebCodeDeployRole64814745: [
    'ecs:DescribeServices on <WebServiceD04B5F3E>',
    'ecs:UpdateServicePrimaryTaskSet on <WebServiceD04B5F3E>',
    'ecs:CreateTaskSet on arn:aws:ecs:here:own:task-set/<WebCluster20B6B362>/<WebServiceD04B5F3E.Name>/*',
    'ecs:CreateTaskSet on <WebServiceD04B5F3E>',
    'ecs:DeleteTaskSet on arn:aws:ecs:here:own:task-set/<WebCluster20B6B362>/<WebServiceD04B5F3E.Name>/*',
    'ecs:DeleteTaskSet on <WebServiceD04B5F3E>',
    'elasticloadbalancing:DescribeListeners on *',
    'elasticloadbalancing:DescribeRules on *',
    'elasticloadbalancing:DescribeTargetGroups on *',
    'elasticloadbalancing:ModifyListener on <WebTwinsProductionListener355D7EA1>',
    'elasticloadbalancing:ModifyListener on <WebTwinsTestListener0ED90CE1>',
    'elasticloadbalancing:ModifyRule on <WebTwinsProductionListener355D7EA1>:listener-rule/~/*',
    'elasticloadbalancing:ModifyRule on <WebTwinsTestListener0ED90CE1>:listener-rule/~/*',
    'cloudwatch:DescribeAlarms on arn:aws:cloudwatch:here:own:alarm:*',
    `iam:PassRole on <WebExecutionRole4D80947A.Arn> ${TO_TASKS}`,
    `iam:PassRole on <WebTaskDefinitionTaskRole96791EDD.Arn> ${TO_TASKS}`,
    'lambda:InvokeFunction on <WebGateAfterAllowTestTrafficE9C4586E.Arn>',
    'lambda:InvokeFunction on <WebGateAfterAllowTraffic9ABF772C.Arn>',
    'lambda:InvokeFunction on <WebGateBeforeInstall6FD94B79.Arn>',
  ],
  CustomVpcRestrictDefaultSGCustomResourceProviderRole26592FE0: [
    `ec2:AuthorizeSecurityGroupIngress on ${DEFAULT_GROUP}`,
    `ec2:AuthorizeSecurityGroupEgress on ${DEFAULT_GROUP}`,
    `ec2:RevokeSecurityGroupIngress on ${DEFAULT_GROUP}`,
    `ec2:RevokeSecurityGroupEgress on ${DEFAULT_GROUP}`,
  ],
  GreenlightReleaseWaiterRole7CB9ADC3: ['lambda:InvokeFunction on <GreenlightReleaseFunctionD5F5A321.Arn>'],
};

test('every role may do what it needs, and nothing else', () => {
  expect(Object.keys(permissionsOf(stack)).sort()).toEqual(Object.keys(PERMISSIONS).sort());
});

test.each(Object.entries(PERMISSIONS))('%s allows what is listed, and nothing else', (holder, allowed) => {
  expect([...(permissionsOf(stack)[holder] ?? [])].sort()).toEqual([...allowed].sort());
});

test('what must outlive a stack or a revision is kept, and what is made again is not', () => {
  const policies = Object.entries(resources).flatMap(([id, { DeletionPolicy, UpdateReplacePolicy }]) =>
    (DeletionPolicy ?? UpdateReplacePolicy) ? [[id, [DeletionPolicy, UpdateReplacePolicy]]] : [],
  );
  expect(Object.fromEntries(policies)).toEqual({
    // Logs of the tasks and the verdicts of the gate say why something failed, also after a rollback of the creation.
    WebLogsD9759FC4: ['Retain', 'Retain'],
    GreenlightGateLogs7852D5D5: ['RetainExceptOnCreate', 'Retain'],
    GreenlightReleaseLogs6DC6DC34: ['RetainExceptOnCreate', 'Retain'],
    GreenlightLiveRouteLogs2259D399: ['Delete', 'Delete'],
    // CodeDeploy goes back to the revision that the update replaced.
    WebTaskDefinitionD1709B1C: ['Delete', 'Retain'],
    WebTwinsUpdateGuardC70D778A: ['Delete', 'Delete'],
    WebTwinsLiveRoute0AD03D9A: ['Delete', 'Delete'],
    WebReleaseBEEF824A: ['Delete', 'Delete'],
    WebVpcRestrictDefaultSecurityGroupCustomResourceF99B68F0: ['Delete', 'Delete'],
  });
  const days = ofType(stack, 'AWS::Logs::LogGroup').map(([, { Properties }]) => Properties.RetentionInDays as unknown);
  expect(days).toEqual([90, 90, 90, 90]);
});

describe('who reaches what', () => {
  interface Rule {
    readonly IpProtocol: string;
    readonly FromPort?: number;
    readonly ToPort?: number;
    readonly GroupId?: unknown;
    readonly CidrIp?: string;
  }
  const lines = (id: string, direction: string, rules: readonly Rule[]) =>
    rules.map(({ IpProtocol, FromPort, ToPort, CidrIp, ...more }) => {
      const peer = { SourceSecurityGroupId: '', DestinationSecurityGroupId: '', ...more };
      const group = peer.SourceSecurityGroupId || peer.DestinationSecurityGroupId;
      const ports = FromPort === ToPort ? String(FromPort ?? 'all') : `${FromPort}-${ToPort}`;
      return `${id} ${direction} ${IpProtocol} ${ports} ${CidrIp ?? flat(group)}`;
    });
  const ofGroups = (property: string, direction: string) =>
    ofType(stack, 'AWS::EC2::SecurityGroup').flatMap(([id, { Properties }]) =>
      lines(`<${id}.GroupId>`, direction, (Properties[property] ?? []) as Rule[]),
    );
  const ofRules = (type: string, direction: string) =>
    ofType(stack, type).flatMap(([, { Properties }]) =>
      lines(flat(Properties.GroupId), direction, [Properties as unknown as Rule]),
    );
  const BALANCER = '<WebTwinsLoadBalancerSecurityGroup93E591CB.GroupId>';
  const TASK = '<WebTaskSecurityGroup2BC4E8DD.GroupId>';
  const GATE = '<WebGateSecurityGroup9E9FC896.GroupId>';

  test('the world reaches the production port, the gate the test port, and the load balancer the tasks', () => {
    const ingress = [...ofGroups('SecurityGroupIngress', 'from'), ...ofRules('AWS::EC2::SecurityGroupIngress', 'from')];
    expect(ingress.sort()).toEqual(
      [
        `${BALANCER} from tcp 80 0.0.0.0/0`,
        `${BALANCER} from tcp 9080 ${GATE}`,
        `${TASK} from tcp 8080 ${BALANCER}`,
      ].sort(),
    );
  });

  test('the load balancer connects only to the tasks, the gate to it and to the APIs of AWS', () => {
    const egress = [...ofGroups('SecurityGroupEgress', 'to'), ...ofRules('AWS::EC2::SecurityGroupEgress', 'to')];
    expect(egress.sort()).toEqual(
      [
        `${BALANCER} to tcp 8080 ${TASK}`,
        `${TASK} to -1 all 0.0.0.0/0`,
        `${GATE} to tcp 443 0.0.0.0/0`,
        `${GATE} to tcp 80 ${BALANCER}`,
        `${GATE} to tcp 9080 ${BALANCER}`,
      ].sort(),
    );
  });

  test("the VPC's default security group lets nothing through", () => {
    expect(Object.keys(resources)).toContain('WebVpcRestrictDefaultSecurityGroupCustomResourceF99B68F0');
  });

  test('tasks and the functions of the gate have no public address and run in private subnets', () => {
    const subnets = ['WebVpcPrivateSubnet1Subnet9F8BAF20', 'WebVpcPrivateSubnet2SubnetB899A2E1'];
    const isPublic = (id: string) => resources[id]?.Properties.MapPublicIpOnLaunch as boolean | undefined;
    expect(subnets.map(isPublic)).toEqual([false, false]);
    const refs = subnets.map((Ref) => ({ Ref }));
    const service = resources.WebServiceD04B5F3E?.Properties;
    expect(service?.NetworkConfiguration).toEqual({
      AwsvpcConfiguration: {
        AssignPublicIp: 'DISABLED',
        SecurityGroups: [{ 'Fn::GetAtt': ['WebTaskSecurityGroup2BC4E8DD', 'GroupId'] }],
        Subnets: refs,
      },
    });
    const gates = ofType(stack, 'AWS::Lambda::Function').filter(([id]) => id.startsWith('WebGate'));
    expect(gates.map(([, { Properties }]) => Properties.VpcConfig as unknown)).toEqual(
      Array.from({ length: 3 }, () => ({
        SecurityGroupIds: [{ 'Fn::GetAtt': ['WebGateSecurityGroup9E9FC896', 'GroupId'] }],
        SubnetIds: refs,
      })),
    );
  });

  test('the load balancer drops headers that are not valid', () => {
    const attributes = resources.WebTwinsLoadBalancer4563F079?.Properties.LoadBalancerAttributes;
    expect(attributes).toContainEqual({ Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' });
  });
});

test('a deployment stops and rolls back on failure, on a stop and on each of the alarms', () => {
  const group = resources.WebDeploymentGroup3DEF91A9?.Properties;
  const alarms = ofType(stack, 'AWS::CloudWatch::Alarm').map(([Ref]) => ({ Name: { Ref } }));
  expect(alarms).toHaveLength(8);
  expect(group?.AlarmConfiguration).toEqual({ Enabled: true, Alarms: alarms });
  expect(group?.AutoRollbackConfiguration).toEqual({
    Enabled: true,
    Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
  });
  expect(group?.BlueGreenDeploymentConfiguration).toEqual({
    DeploymentReadyOption: { ActionOnTimeout: 'CONTINUE_DEPLOYMENT', WaitTimeInMinutes: 0 },
    TerminateBlueInstancesOnDeploymentSuccess: { Action: 'TERMINATE', TerminationWaitTimeInMinutes: 10 },
  });
});

test('the service is one that CodeDeploy deploys, and its resource names no revision of the tasks', () => {
  expect(resources.WebServiceD04B5F3E?.Properties).toMatchObject({
    DeploymentController: { Type: 'CODE_DEPLOY' },
    TaskDefinition: resources.WebTaskDefinitionD1709B1C?.Properties.Family,
    LoadBalancers: [{ ContainerPort: 8080, TargetGroupArn: { Ref: 'WebTwinsBlue1155D98C' } }],
  });
});

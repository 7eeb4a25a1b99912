import { CloudWatchClient, DescribeAlarmsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CodeDeployClient, GetDeploymentCommand, StopDeploymentCommand } from '@aws-sdk/client-codedeploy';
import { DescribeAvailabilityZonesCommand, DescribeNetworkInterfacesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { AwsError, type Operations, type Protocol, type Service } from '../../../../rehearsal/core/service';
import { type RunningWorld, runningWorld } from '../../../support/rehearsal/running-world';

const at = new Date('2026-01-02T03:04:05.678Z');

/** Remembers the inputs of the calls that arrive. */
class Recorder {
  readonly inputs: Record<string, unknown> = {};

  service(prefix: string, protocol: Protocol, results: Readonly<Record<string, unknown>>): Service {
    const operations: Operations = Object.fromEntries(
      Object.entries(results).map(([name, result]) => [
        name,
        {
          handle: (input: unknown) => {
            this.inputs[name] = input;
            if (result instanceof Error) throw result;
            return result;
          },
        },
      ]),
    );
    return { prefix, protocol, operations };
  }
}

const json = (targetPrefix: string): Protocol => ({ kind: 'json', targetPrefix });

describe("the SDK's clients", () => {
  const recorder = new Recorder();
  let running: RunningWorld;
  let config: ReturnType<RunningWorld['client']>;

  beforeAll(async () => {
    running = await runningWorld(() => [
      recorder.service('cloudwatch', json('GraniteServiceVersion20100801'), {
        PutMetricData: {},
        DescribeAlarms: { MetricAlarms: [{ AlarmName: 'a', StateUpdatedTimestamp: at }], CompositeAlarms: [] },
      }),
      recorder.service('logs', json('Logs_20140328'), {
        FilterLogEvents: { events: [{ message: 'é\u0001', timestamp: 5 }] },
      }),
      recorder.service('codedeploy', json('CodeDeploy_20141006'), {
        GetDeployment: { deploymentInfo: { deploymentId: 'd-1', createTime: at } },
        StopDeployment: new AwsError('DeploymentAlreadyCompletedException', 'it ended'),
      }),
      recorder.service('ecs', json('AmazonEC2ContainerServiceV20141113'), {
        DescribeServices: new TypeError('a fault'),
      }),
      recorder.service('states', json('AWSStepFunctions'), {
        StartExecution: { executionArn: 'arn:x', startDate: at },
      }),
      recorder.service(
        'ec2',
        { kind: 'query', version: '2016-11-15', namespace: 'http://ec2.amazonaws.com/doc/2016-11-15/' },
        {
          DescribeNetworkInterfaces: {
            NetworkInterfaces: [
              {
                NetworkInterfaceId: 'eni-1',
                Description: 'ELB app/<a>&b/1',
                PrivateIpAddress: '10.0.1.5',
                Status: 'in-use',
                Groups: [{ GroupId: 'sg-1' }],
                PrivateIpAddresses: [{ PrivateIpAddress: '10.0.1.5', Primary: true }],
                TagSet: [],
              },
            ],
          },
          DescribeAvailabilityZones: { AvailabilityZones: [{ ZoneName: 'us-east-1a', State: 'available' }] },
        },
      ),
    ]);
    config = running.client(running.role('caller', { Effect: 'Allow', Action: '*', Resource: '*' }));
  });
  afterAll(() => running.stop());

  test('awsJson 1.0 with a gzipped body, times both ways', async () => {
    const client = new CloudWatchClient(config);
    const MetricData = Array.from({ length: 500 }, (_, index) => ({
      MetricName: `metric-${index}`,
      Value: 1,
      Timestamp: at,
    }));
    await client.send(new PutMetricDataCommand({ Namespace: 'N', MetricData }));
    const input = recorder.inputs['PutMetricData'] as { MetricData: { Timestamp: number }[] };
    expect(input.MetricData).toHaveLength(500);
    expect(input.MetricData[0]?.Timestamp).toBe(at.getTime() / 1000);
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmNames: ['a'] }));
    expect(MetricAlarms?.[0]?.StateUpdatedTimestamp).toEqual(at);
    client.destroy();
  });

  test('awsJson 1.1', async () => {
    const client = new CodeDeployClient(config);
    const { deploymentInfo, $metadata } = await client.send(new GetDeploymentCommand({ deploymentId: 'd-1' }));
    expect(deploymentInfo?.createTime).toEqual(at);
    expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    client.destroy();
  });

  test("an operation's own error keeps its name and message", async () => {
    const client = new CodeDeployClient(config);
    const sent = client.send(new StopDeploymentCommand({ deploymentId: 'd-1' }));
    await expect(sent).rejects.toMatchObject({ name: 'DeploymentAlreadyCompletedException', message: 'it ended' });
    client.destroy();
  });

  test('text of any kind arrives as it is', async () => {
    const client = new CloudWatchLogsClient(config);
    const { events } = await client.send(new FilterLogEventsCommand({ logGroupName: 'g' }));
    expect(events?.[0]?.message).toBe('é\u0001');
    client.destroy();
  });

  test('Step Functions', async () => {
    const client = new SFNClient(config);
    const { startDate } = await client.send(new StartExecutionCommand({ stateMachineArn: 'arn:m', input: '{}' }));
    expect(startDate).toEqual(at);
    client.destroy();
  });

  test("EC2's query protocol, lists both ways", async () => {
    const client = new EC2Client(config);
    const { NetworkInterfaces } = await client.send(
      new DescribeNetworkInterfacesCommand({
        Filters: [{ Name: 'description', Values: ['ELB app/x', 'y'] }],
        NetworkInterfaceIds: ['eni-1'],
      }),
    );
    expect(recorder.inputs['DescribeNetworkInterfaces']).toEqual({
      Filters: [{ Name: 'description', Values: ['ELB app/x', 'y'] }],
      NetworkInterfaceIds: ['eni-1'],
    });
    expect(NetworkInterfaces).toEqual([
      expect.objectContaining({
        NetworkInterfaceId: 'eni-1',
        Description: 'ELB app/<a>&b/1',
        Status: 'in-use',
        Groups: [{ GroupId: 'sg-1' }],
        PrivateIpAddresses: [expect.objectContaining({ PrivateIpAddress: '10.0.1.5', Primary: true })],
      }),
    ]);
    const { AvailabilityZones } = await client.send(new DescribeAvailabilityZonesCommand({}));
    expect(AvailabilityZones?.[0]).toMatchObject({ ZoneName: 'us-east-1a', State: 'available' });
    client.destroy();
  });

  test('a fault of the rehearsal is an InternalFailure and an event', async () => {
    const client = new ECSClient(config);
    await expect(client.send(new DescribeServicesCommand({ services: ['s'] }))).rejects.toMatchObject({
      name: 'InternalFailure',
    });
    expect(running.world.events.all().at(-1)).toMatchObject({ source: 'aws', event: 'fault' });
    client.destroy();
  });

  test('a denied call is AccessDenied in AWS words and an event', async () => {
    const keys = running.role('reader', { Effect: 'Allow', Action: 'codedeploy:Get*', Resource: '*' });
    const client = new CodeDeployClient(running.client(keys));
    await client.send(new GetDeploymentCommand({ deploymentId: 'd-1' }));
    await expect(client.send(new StopDeploymentCommand({ deploymentId: 'd-1' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message:
        'User: arn:aws:sts::111111111111:assumed-role/reader/session is not authorized to perform: codedeploy:StopDeployment ' +
        'on resource: * because no identity-based policy allows the codedeploy:StopDeployment action',
    });
    expect(running.world.events.all().at(-1)).toMatchObject({
      source: 'iam',
      event: 'denied',
      data: { principal: 'arn:aws:iam::111111111111:role/reader', action: 'codedeploy:StopDeployment', resource: '*' },
    });
    const ec2 = new EC2Client(running.client(keys));
    await expect(ec2.send(new DescribeAvailabilityZonesCommand({}))).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
    });
    client.destroy();
    ec2.destroy();
  });

  test('a key of another account means nothing here', async () => {
    const foreign = { accessKeyId: 'AKIAFOREIGN', secretAccessKey: 'x', sessionToken: '', expiresAtMs: 0 };
    const client = new CodeDeployClient(running.client(foreign));
    await expect(client.send(new GetDeploymentCommand({ deploymentId: 'd-1' }))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    const ec2 = new EC2Client(running.client(foreign));
    await expect(ec2.send(new DescribeAvailabilityZonesCommand({}))).rejects.toMatchObject({
      name: 'AuthFailure',
    });
    client.destroy();
    ec2.destroy();
  });

  test('an unknown operation names itself', async () => {
    const client = new ECSClient(config);
    const response = await fetch(config.endpoint, { method: 'POST' });
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('AccessDenied')]);
    await expect(
      running.world.call(running.world.principalOf('arn:r', 's'), 'ecs', 'RunTask', {}),
    ).rejects.toMatchObject({
      code: 'UnknownOperationException',
      message: 'The rehearsal does not know the operation RunTask of ecs.',
    });
    client.destroy();
  });
});

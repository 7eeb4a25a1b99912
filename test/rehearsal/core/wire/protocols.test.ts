import { SmithyRpcV2CborProtocol, cbor } from '@smithy/core/cbor';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  GetMetricStatisticsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { type LocalAws, startLocalAws } from '../../../../rehearsal/local-aws';
import { signedFetch } from '../../../support/rehearsal/signed';

let aws: LocalAws;
let keys: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
let clients: readonly CloudWatchClient[];

beforeAll(async () => {
  aws = await startLocalAws({ speed: 60 });
  const { accessKeyId, secretAccessKey } = aws.services.iam.addUser({
    name: 'tester',
    managed: ['arn:aws:iam::aws:policy/AdministratorAccess'],
  }).credentials;
  keys = { accessKeyId, secretAccessKey, sessionToken: '' };
  const config = { endpoint: aws.endpoint, region: 'us-east-1', maxAttempts: 1, credentials: keys };
  const protocol = new SmithyRpcV2CborProtocol({ defaultNamespace: 'com.amazonaws.cloudwatch' });
  clients = [new CloudWatchClient(config), new CloudWatchClient({ ...config, protocol })];
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await aws.stop();
});

interface Posted {
  readonly service: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly path?: string;
}

const post = ({ service, headers = {}, body = '', path = '/' }: Posted) =>
  signedFetch(`${aws.endpoint}${path}`, keys, { service, method: 'POST', headers, body });

const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe("CloudWatch's clients of either generation", () => {
  test.each([
    ['awsJson 1.0', 0],
    ['rpcv2Cbor', 1],
  ])('%s: alarms, times, numbers and data points arrive as their types', async (protocol, at) => {
    const [client, now] = [clients[at] as CloudWatchClient, new Date(aws.clock.now())];
    await client.send(
      new PutMetricAlarmCommand({
        AlarmName: protocol,
        Namespace: 'N',
        MetricName: 'M',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1.5,
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
    const Value = 7.25 + at;
    const datum = { MetricName: 'M', Value, Timestamp: now, Dimensions: [{ Name: 'protocol', Value: protocol }] };
    await client.send(new PutMetricDataCommand({ Namespace: 'N', MetricData: [datum] }));
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmNames: [protocol] }));
    expect(MetricAlarms).toMatchObject([{ AlarmName: protocol, Threshold: 1.5, Period: 60 }]);
    expect(Math.abs((MetricAlarms?.[0]?.StateUpdatedTimestamp?.getTime() ?? 0) - now.getTime())).toBeLessThan(
      3_600_000,
    );
    const { Datapoints } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: 'N',
        MetricName: 'M',
        Dimensions: datum.Dimensions,
        StartTime: new Date(now.getTime() - 600_000),
        EndTime: new Date(now.getTime() + 600_000),
        Period: 60,
        Statistics: ['Sum', 'SampleCount'],
      }),
    );
    expect(Datapoints).toMatchObject([{ Sum: Value, SampleCount: 1, Timestamp: expect.any(Date) as Date }]);
  });

  test.each([0, 1])('an error has the code that the query protocol has (client %#)', async (at) => {
    const client = clients[at] as CloudWatchClient;
    const set = { AlarmName: 'none', StateValue: 'OK', StateReason: 'r' } as const;
    await expect(client.send(new SetAlarmStateCommand(set))).rejects.toMatchObject({ name: 'ResourceNotFound' });
    await expect(client.send(new GetDashboardCommand({ DashboardName: 'none' }))).rejects.toThrow('none');
  });

  test('rpcv2Cbor names the shape of an error in the body and its code in a header', async () => {
    const input = cbor.serialize({ Namespace: 'AWS/Own', MetricData: [{ MetricName: 'M', Value: 1 }] });
    const response = await signedFetch(
      `${aws.endpoint}/service/GraniteServiceVersion20100801/operation/PutMetricData`,
      keys,
      {
        service: 'monitoring',
        method: 'POST',
        headers: { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' },
        // The signer takes text: these bytes are all ASCII or the test would fail by its signature.
        body: Buffer.from(input).toString('latin1'),
      },
    );
    expect([response.status, response.headers.get('smithy-protocol')]).toEqual([400, 'rpc-v2-cbor']);
    expect(response.headers.get('x-amzn-query-error')).toMatch(/^\w+;Sender$/);
    const body = new Uint8Array(await response.arrayBuffer());
    expect(cbor.deserialize(body)).toMatchObject({ __type: expect.any(String) as string });
  });

  test('a path without an operation, a body that is none, and a service that does not speak it are refused in CBOR', async () => {
    const headers = { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' };
    const path = '/service/GraniteServiceVersion20100801/operation/ListMetrics';
    const requests = [
      { service: 'monitoring', path: '/nowhere' },
      { service: 'monitoring', path, body: '\u007f' },
      { service: 'ecs', path: '/service/AmazonEC2ContainerServiceV20141113/operation/ListClusters' },
    ];
    const types = [];
    for (const one of requests) {
      const response = await post({ ...one, headers });
      expect(response.headers.get('content-type')).toBe('application/cbor');
      types.push((cbor.deserialize(new Uint8Array(await response.arrayBuffer())) as { __type: string }).__type);
    }
    expect(types).toEqual(['UnknownOperationException', 'SerializationException', 'UnknownOperationException']);
  });
});

describe('errors come in the protocol of their service, whatever is wrong', () => {
  test.each([
    ['an unknown operation', 'Action=Nothing'],
    ['no action', 'Version=2010-05-15'],
    ['a stack that is none', 'Action=DescribeStacks&StackName=none'],
  ])('query: %s is an ErrorResponse', async (_, body) => {
    const response = await post({ service: 'cloudformation', headers: form, body });
    expect(response.headers.get('content-type')).toBe('text/xml');
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await response.text()).toMatch(/<ErrorResponse[^>]*><Error><Type>Sender<\/Type><Code>\w+<\/Code>/);
  });

  test('an unsigned request is refused in the protocol that its form has', async () => {
    const responseTo = async (path: string, headers: Record<string, string>, body: string | undefined) => {
      const response = await fetch(aws.endpoint + path, { method: body === undefined ? 'GET' : 'POST', headers, body });
      return [response.headers.get('content-type'), await response.text()];
    };
    const json = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'A.B' };
    expect(await responseTo('/', form, 'Action=ListStacks')).toEqual([
      'text/xml',
      expect.stringContaining('<Code>MissingAuthenticationToken</Code>'),
    ]);
    expect(await responseTo('/', json, '{}')).toEqual([
      'application/x-amz-json-1.0',
      expect.stringContaining('MissingAuthenticationTokenException'),
    ]);
    expect(await responseTo('/bucket/key', {}, undefined)).toEqual([
      'application/xml',
      expect.stringMatching(/^<\?xml[^>]*>\s*<Error><Code>AccessDenied<\/Code>/),
    ]);
  });

  test('EC2, S3, REST-JSON and JSON: each its own, with the id of the request', async () => {
    const ec2 = await post({ service: 'ec2', headers: form, body: 'Action=Nothing' });
    expect(await ec2.text()).toMatch(/<Response><Errors><Error><Code>\w+/);
    expect(ec2.headers.get('x-amzn-requestid')).not.toBeNull();
    const s3 = await signedFetch(`${aws.endpoint}/no-such-bucket/key`, keys);
    const id = s3.headers.get('x-amz-request-id');
    expect([s3.status, s3.headers.get('x-amz-id-2')]).toEqual([404, id]);
    expect(await s3.text()).toContain(
      `<Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message>` +
        `<Resource>/no-such-bucket/key</Resource><RequestId>${id}</RequestId>`,
    );
    const path = '/2015-03-31/functions/none';
    const lambda = await signedFetch(aws.endpoint + path, keys, { service: 'lambda' });
    expect([lambda.status, lambda.headers.get('x-amzn-errortype')]).toEqual([404, 'ResourceNotFoundException']);
    expect(await lambda.json()).toMatchObject({ Type: 'User', Message: expect.any(String) as string });
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Logs_20140328.Nothing' };
    const logs = await post({ service: 'logs', headers, body: '{}' });
    expect([logs.status, logs.headers.get('content-type'), logs.headers.get('x-amzn-errortype')]).toEqual([
      400,
      'application/x-amz-json-1.1',
      'UnknownOperationException',
    ]);
  });

  test.each([
    ['ecs', 'AmazonEC2ContainerServiceV20141113.PassRole'],
    ['codedeploy', 'CodeDeploy_20141006.OverrideAlarms'],
    ['codedeploy', 'CodeDeploy_20141006.DemandGetDeploymentConfig'],
  ])('%s: a permission that AWS demands is no operation: %s', async (service, target) => {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
    const response = await post({ service, headers, body: '{}' });
    expect(response.headers.get('x-amzn-errortype')).toBe('UnknownOperationException');
  });
});

import { DescribeNetworkInterfacesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { clients } from '../../lambda/gate/clients';
import { AwsCallError, ec2Call, jsonCall, parseXml, queryCall } from '../../aws/signed-call';
import { bodyOf, httpServer, type Listening } from '../support/servers/servers';

interface Seen {
  readonly path?: string;
  readonly type?: string;
  readonly authorization: string;
  readonly form: Readonly<Record<string, string>>;
}

let server: Listening;
let reply: { readonly status: number; readonly body: string };
const requests: Seen[] = [];
const before = { ...process.env };
const keys = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' };
beforeAll(async () => {
  server = await httpServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { authorization = '', 'content-type': type } = request.headers;
      requests.push({ path: request.url, type, authorization, form: Object.fromEntries(new URLSearchParams(body)) });
      response.writeHead(reply.status, { 'content-type': 'text/xml' }).end(reply.body);
    });
  });
});
afterAll(() => server.close());
beforeEach(() => {
  requests.length = 0;
  Object.assign(process.env, keys, { AWS_ENDPOINT_URL: `http://127.0.0.1:${server.port}` });
});
afterEach(() => void (process.env = { ...before }));

const signal = new AbortController().signal;
const interfaces = (...addresses: string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?>
  <DescribeNetworkInterfacesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>
  <networkInterfaceSet>${addresses
    .map(
      (it) => `<item><networkInterfaceId>eni-1</networkInterfaceId><privateIpAddress>${it}</privateIpAddress>
      <groupSet><item><groupId>sg-1</groupId></item></groupSet></item>`,
    )
    .join('')}</networkInterfaceSet></DescribeNetworkInterfacesResponse>`;

describe('the addresses of a load balancer', () => {
  test('are requested and read as the SDK’s client does it', async () => {
    reply = { status: 200, body: interfaces('10.0.1.4', '10.0.2.4') };
    const description = 'ELB app/web & co/50dc6c495c0c9188';
    const client = new EC2Client({ maxAttempts: 1 });
    const { NetworkInterfaces } = await client.send(
      new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'description', Values: [description] }] }),
    );
    client.destroy();
    const addresses = await clients.privateAddresses(description.replace(/^ELB /, ''), signal);
    expect(addresses).toEqual(NetworkInterfaces?.map((it) => it.PrivateIpAddress));
    expect(requests).toHaveLength(2);
    const [sdk, own] = requests as [Seen, Seen];
    expect([own.form, own.path, own.type?.split(';')[0]]).toEqual([sdk.form, sdk.path, sdk.type?.split(';')[0]]);
    const credential = /Credential=AKID\/\d{8}\/us-east-1\/ec2\/aws4_request/;
    expect([sdk.authorization, own.authorization]).toEqual([
      expect.stringMatching(credential),
      expect.stringMatching(credential),
    ]);
  });

  test.each([
    ['one only', interfaces('10.0.1.4'), ['10.0.1.4']],
    ['none', interfaces(), 'no network interface is described as "ELB app/web/1"'],
    [
      'an empty list',
      interfaces().replace(/<networkInterfaceSet>.*?<\/networkInterfaceSet>/, '<networkInterfaceSet/>'),
      'no network',
    ],
  ])('%s', async (_name, body, expected) => {
    reply = { status: 200, body };
    const read = await clients.privateAddresses('app/web/1', signal).catch((error: Error) => error.message);
    if (typeof expected === 'string') expect(read).toContain(expected);
    else expect(read).toEqual(expected);
  });
});

const ec2Failure =
  '<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>';
const queryFailure =
  '<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>slow</Message></Error></ErrorResponse>';

test.each([
  ['EC2', () => ec2Call('DescribeVpcs', {}), 403, ec2Failure, ['UnauthorizedOperation', 'no']],
  ['query', () => queryCall('elasticloadbalancing', '2015-12-01', 'X', {}), 400, queryFailure, ['Throttling', 'slow']],
  [
    'JSON',
    () => jsonCall('ssm', 'AmazonSSM.X', {}),
    400,
    '{"__type":"a#ParameterNotFound","Message":"m"}',
    ['ParameterNotFound', 'm'],
  ],
  ['JSON of another', () => jsonCall('ssm', 'AmazonSSM.X', {}), 502, '<html>', ['Http502', '<html>']],
  ['EC2 of another', () => ec2Call('DescribeVpcs', {}), 503, 'busy <now', ['Http503', 'busy <now']],
  ['no XML', () => ec2Call('DescribeVpcs', {}), 200, '<a><b></a', ['MalformedResponse', expect.any(String)]],
])('an error of %s has AWS’s code as its name', async (_name, call, status, body, expected) => {
  reply = { status, body };
  const error = await call().then(
    () => undefined,
    (it: unknown) => it,
  );
  expect(error).toBeInstanceOf(AwsCallError);
  expect([(error as Error).name, (error as Error).message]).toEqual(expected);
});

test('a service’s own endpoint comes before the common one, and other credentials before the environment’s', async () => {
  reply = { status: 200, body: '{"a":1}' };
  const endpoint = `http://127.0.0.1:${server.port}`;
  const env = { ...keys, AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ENDPOINT_URL_SSM: endpoint };
  await expect(jsonCall('ssm', 'AmazonSSM.X', {}, { env })).resolves.toEqual({ a: 1 });
  const credentials = { accessKeyId: 'OTHER', secretAccessKey: 'x' };
  await jsonCall('ssm', 'AmazonSSM.X', {}, { env: { ...env, AWS_REGION: 'cn-north-1' }, credentials });
  const scopes = requests.map(({ authorization }) => /Credential=([^,]+)/.exec(authorization)?.[1]);
  expect(scopes).toEqual([
    expect.stringMatching(/^AKID\/\d{8}\/us-east-1\/ssm\/aws4_request$/),
    expect.stringMatching(/^OTHER\/\d{8}\/cn-north-1\/ssm\/aws4_request$/),
  ]);
});

describe('XML of a response', () => {
  test('lists are arrays however many they hold, and everything else is text', () => {
    const document = '<?xml version="1.0"?>\n<R xmlns="http://x/"><set><item><port>080</port></item></set><none/></R>';
    expect(parseXml(document)).toEqual({ R: { set: { item: [{ port: '080' }] }, none: '' } });
    expect(parseXml('<R><member>a</member><member>true</member></R>')).toEqual({ R: { member: ['a', 'true'] } });
  });

  test('what is escaped, quoted as a whole, or a comment', () => {
    expect(parseXml('<a><!-- <b> --><b>x &lt; y &amp;<![CDATA[<&]]></b></a>')).toEqual({ a: { b: 'x < y &<&' } });
  });

  test.each(['<a><b></a>', '<a>', 'Bad Gateway'])('%s is no XML', (document) => {
    expect(() => parseXml(document)).toThrow();
  });
});

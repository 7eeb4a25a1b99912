import { withAws } from '../../../cli/release/aws';
import { Output } from '../../../cli/output';
import { httpServer, type Listening } from '../../support/servers/servers';
import { capture } from '../support';

let server: Listening;
let response: { status: number; body: string };
const before = { ...process.env };
beforeAll(async () => {
  server = await httpServer((_request, reply) => reply.writeHead(response.status).end(response.body));
});
beforeEach(() => {
  const keys = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' };
  const files = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
  Object.assign(process.env, keys, files, { AWS_ENDPOINT_URL: `http://127.0.0.1:${server.port}` });
});
afterEach(() => void (process.env = { ...before }));
afterAll(() => server.close());

const output = new Output(capture(), capture(), {});
const call = () =>
  withAws({ output, exit: () => undefined }, (aws) => aws.codeDeploy('GetDeployment', { deploymentId: 'd-1' }));

test('a call is made with the credentials and the region of the process', async () => {
  response = { status: 200, body: '{"deploymentInfo":{}}' };
  await expect(call()).resolves.toEqual({ deploymentInfo: {} });
});

test.each([
  ['AccessDeniedException', 'AccessDeniedException: not you: docs/cli.md has the policy that this command needs'],
  ['ExpiredTokenException', 'AWS responded: ExpiredTokenException: not you: sign in again'],
  ['InvalidInputException', 'AWS responded: InvalidInputException: not you'],
])('%s ends the command with 3 and what to do', async (__type, message) => {
  response = { status: 400, body: JSON.stringify({ __type, message: 'not you' }) };
  await expect(call()).rejects.toMatchObject({ exitCode: 3, message });
});

test('AWS that is not there is reported within ten seconds', async () => {
  process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:9';
  const startMs = performance.now();
  await expect(call()).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(/^AWS was not reached: .*ECONNREFUSED.*: check the network/) as string,
  });
  expect(performance.now() - startMs).toBeLessThan(10_000);
});

test('without a region or credentials the command says how to give them', async () => {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE']) delete process.env[name];
  await expect(call()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('AWS_REGION') as string });
  Object.assign(process.env, { AWS_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true' });
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) delete process.env[name];
  await expect(call()).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('aws sso login') as string,
  });
});

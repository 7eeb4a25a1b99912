import { operationBegan, stackResource } from '../../aws/stack';
import { bodyOf, httpServer, type Listening } from '../support/servers/servers';

/** What a handler reads of its own stack. */

let server: Listening;
let result = '';
let error: string | undefined;
let call = new URLSearchParams();
const before = { ...process.env };
beforeAll(async () => {
  server = await httpServer((request, response) => {
    void bodyOf(request).then((body) => {
      call = new URLSearchParams(body);
      const action = call.get('Action') ?? '';
      if (error !== undefined) return void response.writeHead(400).end(`<ErrorResponse>${error}</ErrorResponse>`);
      response.end(`<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`);
    });
  });
  const keys = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' };
  Object.assign(process.env, keys, { AWS_ENDPOINT_URL: `http://127.0.0.1:${server.port}` });
});
afterEach(() => (error = undefined));
afterAll(async () => {
  process.env = { ...before };
  await server.close();
});

const CREATED = '<CreationTime>2026-11-27T10:00:00.000Z</CreationTime>';

test.each([
  ['its creation', CREATED, '2026-11-27T10:00:00.000Z'],
  [
    'its last update',
    `${CREATED}<LastUpdatedTime>2026-11-27T12:00:00.500Z</LastUpdatedTime>`,
    '2026-11-27T12:00:00.500Z',
  ],
])('the operation of a stack began with %s', async (_what, times, expected) => {
  result = `<Stacks><member>${times}<StackStatus>UPDATE_IN_PROGRESS</StackStatus></member></Stacks>`;
  expect((await operationBegan('stack')).toISOString()).toBe(expected);
});

test('a resource has its status, since when it has it, and its physical id', async () => {
  result =
    '<StackResourceDetail><ResourceStatus>UPDATE_IN_PROGRESS</ResourceStatus><PhysicalResourceId>arn</PhysicalResourceId>' +
    '<LastUpdatedTimestamp>2026-11-27T12:00:01.000Z</LastUpdatedTimestamp></StackResourceDetail>';
  expect(await stackResource('stack', 'Service')).toEqual({
    status: 'UPDATE_IN_PROGRESS',
    statusSinceMs: Date.parse('2026-11-27T12:00:01.000Z'),
    physicalId: 'arn',
  });
  expect(call.get('LogicalResourceId')).toBe('Service');
});

test('a resource that is only planned has no physical id yet', async () => {
  result =
    '<StackResourceDetail><ResourceStatus>CREATE_IN_PROGRESS</ResourceStatus><PhysicalResourceId></PhysicalResourceId>' +
    '<LastUpdatedTimestamp>2026-11-27T12:00:01.000Z</LastUpdatedTimestamp></StackResourceDetail>';
  expect(await stackResource('stack', 'Service')).not.toHaveProperty('physicalId');
});

test('a resource that CloudFormation has not begun with is none, and any other error is one', async () => {
  const say = (message: string) => (error = `<Error><Code>ValidationError</Code><Message>${message}</Message></Error>`);
  say('Resource Service does not exist for stack Shop');
  expect(await stackResource('stack', 'Service')).toBeUndefined();
  say('1 validation error detected');
  await expect(stackResource('stack', 'Service')).rejects.toThrow('1 validation error detected');
});

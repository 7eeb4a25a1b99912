import { suspendScaling } from '../../../lambda/release/scaling';
import { bodyOf, httpServer } from '../../support/servers/servers';

const place = { ClusterName: 'cluster', EcsServiceName: 'arn:aws:ecs:us-east-1:111111111111:service/cluster/web' };
const before = { ...process.env };
afterEach(() => void (process.env = { ...before }));

async function awsWith(status: number, body: string) {
  const found: { target?: unknown; authorization?: string; input: unknown }[] = [];
  const server = await httpServer((request, response) => {
    void bodyOf(request).then((text) => {
      const { 'x-amz-target': target, authorization } = request.headers;
      found.push({ target, authorization, input: JSON.parse(text) });
      response.writeHead(status).end(body);
    });
  });
  const url = `http://127.0.0.1:${server.port}`;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
  });
  return { found, close: () => server.close() };
}

test('one signed call names the service and suspends all of its scaling', async () => {
  const { found, close } = await awsWith(200, '{}');
  await suspendScaling(place, true);
  await close();
  expect(found).toEqual([
    {
      target: 'AnyScaleFrontendService.RegisterScalableTarget',
      authorization: expect.stringMatching(/us-east-1\/application-autoscaling\/aws4_request/) as string,
      input: {
        ServiceNamespace: 'ecs',
        ResourceId: 'service/cluster/web',
        ScalableDimension: 'ecs:service:DesiredCount',
        SuspendedState: {
          DynamicScalingInSuspended: true,
          DynamicScalingOutSuspended: true,
          ScheduledScalingSuspended: true,
        },
      },
    },
  ]);
});

test.each([
  [
    'no scalable target',
    400,
    '{"__type":"ValidationException","message":"Both MinCapacity and MaxCapacity are required"}',
    undefined,
  ],
  ['a problem', 400, '{"__type":"x#ValidationException","message":"no such service"}', 'ValidationException'],
  ['no response of AWS', 502, '<html>', 'Http502'],
])('%s', async (_what, status, body, name) => {
  const { close } = await awsWith(status, body);
  const outcome = await suspendScaling(place, false).catch((error: unknown) => (error as Error).name);
  await close();
  expect(outcome).toBe(name);
});

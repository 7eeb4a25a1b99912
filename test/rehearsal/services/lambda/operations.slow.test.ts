import type { RestRequest } from '../../../../rehearsal/core/rest';
import { createEc2 } from '../../../../rehearsal/services/ec2';
import { INTERNAL } from '../../../../rehearsal/core/service';
import { lambdaWorld } from '../../../support/rehearsal/lambda';

test('versions keep their code, aliases point to them', async () => {
  const { create, invoke, lambda, request, resource } = lambdaWorld();
  await create(`exports.handler = async () => 'one'`);
  const version = await resource('AWS::Lambda::Version', { FunctionName: 'f' });
  expect(version?.attributes['Version']).toBe('1');
  await resource('AWS::Lambda::Alias', { FunctionName: 'f', Name: 'live', FunctionVersion: '1' });
  await lambda.resourceTypes?.['AWS::Lambda::Function']?.update?.({
    ...request({
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::111111111111:role/f',
      Code: { ZipFile: `exports.handler = async () => 'two'` },
    }),
    current: { physicalId: 'f', attributes: {} },
    previous: {},
  });
  expect((await invoke()).Payload).toBe('"two"');
  expect((await invoke({}, { Qualifier: 'live' })).Payload).toBe('"one"');
  await expect(invoke({}, { Qualifier: 'gone' })).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
});

test('the REST protocol: invoke with headers, describe, list', async () => {
  const { lambda, create } = lambdaWorld();
  await create(`exports.handler = async (event) => { if (event.bad) throw new Error('x'); return event }`);
  if (lambda.protocol.kind !== 'rest') throw new Error('not REST');
  const { handle } = lambda.protocol;
  const send = (method: string, path: string, body = '', headers = {}) => {
    const [pathname = '', query] = path.split('?');
    const request: RestRequest = {
      method,
      path: pathname,
      query: new URLSearchParams(query),
      headers,
      body: Buffer.from(body),
    };
    const call = { principal: INTERNAL, requestId: 'r' };
    return handle(request, async (operation, input) => lambda.operations[operation]?.handle(input, call));
  };
  const name = encodeURIComponent('arn:aws:lambda:us-east-1:111111111111:function:f');
  expect(await send('POST', `/2015-03-31/functions/${name}/invocations`, '{"a":1}')).toMatchObject({
    status: 200,
    body: '{"a":1}',
  });
  const failed = await send('POST', '/2015-03-31/functions/f/invocations', '{"bad":1}');
  expect(failed.headers).toMatchObject({ 'x-amz-function-error': 'Unhandled' });
  const event = await send('POST', '/2015-03-31/functions/f/invocations', '{}', { 'x-amz-invocation-type': 'Event' });
  expect(event.status).toBe(202);
  const got = await send('GET', '/2015-03-31/functions/f/configuration');
  expect(JSON.parse(String(got.body))).toMatchObject({ FunctionName: 'f', Runtime: 'nodejs22.x' });
  const list = await send('GET', '/2015-03-31/functions/');
  expect(JSON.parse(String(list.body))).toMatchObject({ Functions: [{ FunctionName: 'f' }] });
  expect((await send('DELETE', '/2015-03-31/functions/f')).status).toBe(404);
});

test('IAM sees the function, with the qualifier that the caller named', () => {
  const { lambda } = lambdaWorld();
  const operation = lambda.operations['Invoke'];
  expect(operation?.action).toBe('lambda:InvokeFunction');
  const functionArn = 'arn:aws:lambda:us-east-1:111111111111:function:f';
  expect(operation?.resources?.({ FunctionName: 'f' })).toEqual([functionArn]);
  expect(operation?.resources?.({ FunctionName: functionArn, Qualifier: 'live' })).toEqual([`${functionArn}:live`]);
});

test("a function's connections come from its security groups", async () => {
  const { world, lambda, create } = lambdaWorld();
  world.add(createEc2(world));
  await create(`exports.handler = async () => 1`, { VpcConfig: { SecurityGroupIds: ['sg-gate'], SubnetIds: ['s'] } });
  world.network.useFirewall({ allows: (_, __, source) => source.securityGroupIds?.includes('sg-gate') ?? false });
  world.network.register({
    privateAddresses: ['10.0.1.5'],
    names: ['alb'],
    internetFacing: false,
    port: 80,
    localPort: 4321,
    securityGroupIds: ['sg-alb'],
  });
  const ask = async (source: string) => {
    const query = new URLSearchParams({ host: 'alb', port: '80', source });
    const { path, prefix } = world.network.route;
    const request = { method: 'GET', path, query, headers: {}, body: Buffer.from('') };
    const response = await lambda.routes?.[prefix]?.(request);
    return JSON.parse(String(response?.body)) as object;
  };
  expect(await ask('arn:aws:lambda:us-east-1:111111111111:function:f')).toEqual({ localPort: 4321 });
  expect(await ask('')).toEqual({ error: 'ETIMEDOUT' });
});

import { account, type CustomEvent } from '../../../support/rehearsal/cloudformation';

const ServiceToken = 'arn:aws:lambda:us-east-1:111111111111:function:release';

function setup() {
  const received: CustomEvent[] = [];
  const aws = account({ lambda: (event) => received.push(event) });
  const put = async (event: CustomEvent, body: unknown): Promise<{ status: number }> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return { status: aws.responses.receive('PUT', new URL(event.ResponseURL).searchParams, Buffer.from(text)) };
  };
  const template = (properties: object, more: object = {}) => ({
    Resources: { R: { Type: 'Custom::Release', Properties: { ServiceToken, ...properties } }, ...more },
    Outputs: { Url: { Value: { 'Fn::GetAtt': ['R', 'Url'] } } },
  });
  const start = async (operation: string, body: unknown) => {
    await aws.call(operation, { StackName: 'App', TemplateBody: JSON.stringify(body) });
    await aws.world.clock.advance(1);
    return received.at(-1) as CustomEvent;
  };
  const created = async (properties: object) => {
    const event = await start('CreateStack', template(properties));
    await put(event, { Status: 'SUCCESS', PhysicalResourceId: 'one', Data: { Url: 'http://x' } });
    return aws.settled('App');
  };
  return { aws, received, put, template, start, created };
}

test('create: strings in, Data out', async () => {
  const { aws, received, put, template, start } = setup();
  const event = await start('CreateStack', template({ Count: 3, On: true, Deep: { List: [1, 'a'] } }));
  expect(event).toMatchObject({
    RequestType: 'Create',
    ResourceType: 'Custom::Release',
    LogicalResourceId: 'R',
    ResourceProperties: { ServiceToken, Count: '3', On: 'true', Deep: { List: ['1', 'a'] } },
  });
  // Handlers take host and path out of it and connect to port 443.
  expect(new URL(event.ResponseURL)).toMatchObject({
    protocol: 'https:',
    port: '',
    host: 'cloudformation-custom-resource-response-useast1.s3.us-east-1.amazonaws.com',
  });
  expect((await put(event, { Status: 'SUCCESS', PhysicalResourceId: 'one', Data: { Url: 'http://x' } })).status).toBe(
    200,
  );
  const stack = await aws.settled('App');
  expect(stack.Outputs).toEqual([{ OutputKey: 'Url', OutputValue: 'http://x' }]);
  expect((await put(event, {})).status).toBe(403);
  expect(received).toHaveLength(1);
});

test('a failed update is followed by an update with the old properties', async () => {
  const { aws, received, put, template, start, created } = setup();
  await created({ Version: 1 });
  const event = await start('UpdateStack', template({ Version: 2 }));
  expect(event).toMatchObject({
    RequestType: 'Update',
    PhysicalResourceId: 'one',
    ResourceProperties: { Version: '2' },
    OldResourceProperties: { Version: '1' },
  });
  await put(event, { Status: 'FAILED', Reason: 'alarm fired', PhysicalResourceId: 'one' });
  await aws.world.clock.advance(1);
  const back = received.at(-1) as CustomEvent;
  expect(back).toMatchObject({
    RequestType: 'Update',
    ResourceProperties: { Version: '1' },
    OldResourceProperties: { Version: '2' },
  });
  await put(back, { Status: 'SUCCESS', PhysicalResourceId: 'one', Data: { Url: 'http://x' } });
  expect((await aws.settled('App')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await aws.events()).toContain(
    'R | UPDATE_FAILED | Received response status [FAILED] from custom resource. Message returned: alarm fired ' +
      `(RequestId: ${event.RequestId})`,
  );
  expect(received).toHaveLength(3);
});

test('a rollback gives what refers to a custom resource its response to the rollback, and not an older one', async () => {
  const { aws, put, template, received } = setup();
  const thing = (properties: object) => ({ Type: 'Test::Thing', ...properties });
  const body = (Version: number, last: object) =>
    template(
      { Version },
      {
        A: thing({ Properties: { X: { 'Fn::GetAtt': ['R', 'Url'] } } }),
        Last: thing({ DependsOn: 'A', Properties: last }),
      },
    );
  const respond = async (Url: string) => {
    await aws.world.clock.advance(1);
    await put(received.at(-1) as CustomEvent, { Status: 'SUCCESS', PhysicalResourceId: 'one', Data: { Url } });
  };
  const stack = (operation: string, text: object) =>
    aws.call(operation, { StackName: 'App', TemplateBody: JSON.stringify(text) });
  await stack('CreateStack', body(1, { Size: 1 }));
  await respond('http://first');
  await aws.settled('App');
  await stack('UpdateStack', body(2, { Size: 2, Fail: 'update' }));
  await respond('http://second');
  await respond('http://back');
  expect((await aws.settled('App')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect([...aws.things.values()]).toEqual([{ X: 'http://back' }, { Size: 1 }]);
});

test('another physical id is a replacement: the old one is deleted in the cleanup', async () => {
  const { aws, received, put, template, start, created } = setup();
  await created({ Version: 1 });
  const event = await start('UpdateStack', template({ Version: 2 }));
  await put(event, { Status: 'SUCCESS', PhysicalResourceId: 'two', Data: { Url: 'http://y' } });
  await aws.world.clock.advance(1);
  expect((await aws.describe()).StackStatus).toBe('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
  const removal = received.at(-1) as CustomEvent;
  expect(removal).toMatchObject({
    RequestType: 'Delete',
    PhysicalResourceId: 'one',
    ResourceProperties: { Version: '1' },
  });
  await put(removal, { Status: 'SUCCESS', PhysicalResourceId: 'one' });
  expect((await aws.settled('App')).StackStatus).toBe('UPDATE_COMPLETE');
});

test('no response within ServiceTimeout fails the resource, and its rollback deletes it', async () => {
  const { aws, received, put, template, start } = setup();
  await start('CreateStack', template({ ServiceTimeout: 30 }));
  await aws.world.clock.advance(29_000);
  expect((await aws.describe()).StackStatus).toBe('CREATE_IN_PROGRESS');
  await aws.world.clock.advance(1_000);
  expect((await aws.events()).some((event) => event.includes('did not receive a response'))).toBe(true);
  const removal = received.at(-1) as CustomEvent;
  expect(removal.RequestType).toBe('Delete');
  await put(removal, { Status: 'SUCCESS', PhysicalResourceId: removal.PhysicalResourceId });
  expect((await aws.settled('App')).StackStatus).toBe('ROLLBACK_COMPLETE');
});

test.each([
  [
    'too long',
    JSON.stringify({ Status: 'SUCCESS', PhysicalResourceId: 'x'.repeat(4096) }),
    'Response object is too long.',
  ],
  ['no JSON', 'oops', 'Response is not valid JSON'],
  ['no id', JSON.stringify({ Status: 'SUCCESS' }), 'Invalid PhysicalResourceId'],
])('refuses a response with %s', async (_what, body, reason) => {
  const { aws, put, template, start } = setup();
  await put(await start('CreateStack', template({})), body);
  await aws.world.clock.advance(1);
  expect(await aws.events()).toContain(`R | CREATE_FAILED | ${reason}`);
});

test('a service token that is no function is a clear error', async () => {
  const { aws } = setup();
  const R = { Type: 'Custom::X', Properties: { ServiceToken: 'arn:aws:sns:us-east-1:111111111111:topic' } };
  const stack = await aws.create({ Resources: { R } });
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect((await aws.events()).join()).toContain('runs only custom resources of Lambda functions');
});

test('a function that cannot be invoked fails the create, and nothing is sent to it again', async () => {
  const aws = account({
    lambda: () => {
      throw new Error('Function not found');
    },
  });
  const stack = await aws.create({ Resources: { R: { Type: 'Custom::X', Properties: { ServiceToken } } } });
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(await aws.events()).toContain('R | CREATE_FAILED | Function not found');
});

test('once stopped, a failure is followed by nothing: no rollback writes after the end', async () => {
  const { aws, received, put, template, start, created } = setup();
  await created({ Version: 1 });
  const event = await start('UpdateStack', template({ Version: 2 }));
  await aws.service.stop?.();
  await put(event, { Status: 'FAILED', Reason: 'the end', PhysicalResourceId: 'one' });
  await aws.world.clock.advance(7_200_000);
  expect(received.at(-1)).toBe(event);
});

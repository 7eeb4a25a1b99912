import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Authority } from '../../../../rehearsal/services/iam/authority';
import { IamState } from '../../../../rehearsal/services/iam/state';
import { INTERNAL, type Principal } from '../../../../rehearsal/core/service';
import { createSns } from '../../../../rehearsal/services/sns';
import { until } from '../../../support/until';
import { testWorld } from '../../../support/rehearsal/world';

const EVENTS: Principal = { arn: 'events.amazonaws.com', callerArn: 'events.amazonaws.com', kind: 'internal' };
const request = { stackName: 'S', stackId: 's', logicalId: 'Topic', signal: new AbortController().signal };

async function topicWorld() {
  const world = testWorld();
  const authority = new Authority(world, new IamState());
  const service = createSns(world, {
    authorizeService: (policy, access) => authority.authorizeService(policy, access),
  });
  world.add(service);
  const make = async (type: string, properties: object) =>
    (await service.resourceTypes?.[type]?.create({ ...request, properties }))?.physicalId ?? '';
  const topic = await make('AWS::SNS::Topic', {});
  const timeline = () => world.events.all().filter(({ source }) => source === 'sns');
  return {
    world,
    service,
    topic,
    timeline,
    subscribe: (Protocol: string, Endpoint: string, more: object = {}) =>
      make('AWS::SNS::Subscription', { TopicArn: topic, Protocol, Endpoint, ...more }),
    allow: (Statement: object) => make('AWS::SNS::TopicPolicy', { PolicyDocument: { Statement }, Topics: [topic] }),
    publish: (Message: string, by = INTERNAL) =>
      world.call<{ MessageId: string }>(by, 'sns', 'Publish', { TopicArn: topic, Message }),
  };
}

test('the subscriptions of a topic and their delivery change with the template', async () => {
  const { world, service, topic, subscribe } = await topicWorld();
  const arns = async () =>
    (
      await world.call<{ Subscriptions: { SubscriptionArn: string; Endpoint: string }[] }>(
        INTERNAL,
        'sns',
        'ListSubscriptionsByTopic',
        { TopicArn: topic },
      )
    ).Subscriptions.map(({ Endpoint }) => Endpoint);
  const update = (type: string, physicalId: string, properties: object, previous: object) =>
    service.resourceTypes?.[type]?.update?.({
      ...request,
      current: { physicalId, attributes: {} },
      properties,
      previous,
    });
  const at = (name: string) => ({ Protocol: 'email', Endpoint: `${name}@example.com` });
  await update('AWS::SNS::Topic', topic, { Subscription: [at('a'), at('b')] }, {});
  await update('AWS::SNS::Topic', topic, { Subscription: [at('b'), at('c')] }, { Subscription: [at('a'), at('b')] });
  await subscribe('email', 'd@example.com');
  expect((await arns()).sort()).toEqual(['b@example.com', 'c@example.com', 'd@example.com']);
});

const publishing = (topic: string) => ({
  Effect: 'Allow',
  Action: 'sns:Publish',
  Principal: { Service: 'events.amazonaws.com' },
  Resource: topic,
});

/** What an HTTP endpoint is sent, in order. */
async function endpoint() {
  const received: { headers: Record<string, unknown>; body: string }[] = [];
  const server = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
    incoming.on('end', () => {
      received.push({ headers: incoming.headers, body });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return { url, received, close: () => new Promise((resolve) => server.close(resolve)) };
}

describe('publishing', () => {
  test('reaches a mailbox, recorded with its text', async () => {
    const { topic, subscribe, publish, timeline } = await topicWorld();
    await subscribe('email', 'me@example.com');
    const { MessageId } = await publish('hello');
    await until('the message', () => timeline().length > 0);
    expect(timeline()).toMatchObject([
      {
        event: 'delivered',
        data: {
          topicArn: topic,
          protocol: 'email',
          endpoint: 'me@example.com',
          message: 'hello',
          messageId: MessageId,
        },
      },
    ]);
  });

  test('an AWS service needs the topic’s own policy', async () => {
    const { world, topic, allow, publish } = await topicWorld();
    await expect(publish('hello', EVENTS)).rejects.toMatchObject({ code: 'AuthorizationError' });
    await allow({ ...publishing(topic), Principal: { Service: 'codedeploy.amazonaws.com' } });
    await expect(publish('hello', EVENTS)).rejects.toThrow('no resource-based policy allows the sns:Publish action');
    await allow({ ...publishing(topic), Resource: `${topic}-other` });
    await expect(publish('hello', EVENTS)).rejects.toThrow();
    expect(world.events.all().filter(({ event }) => event === 'denied')).toHaveLength(3);
    await allow(publishing(topic));
    await expect(publish('hello', EVENTS)).resolves.toHaveProperty('MessageId');
    const deny = { Effect: 'Deny', Action: 'sns:Publish', Principal: '*', Resource: topic };
    const overHttp = { ...deny, Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    await allow([publishing(topic), overHttp]);
    await expect(publish('hello', EVENTS)).resolves.toHaveProperty('MessageId');
    await allow([publishing(topic), deny]);
    await expect(publish('hello', EVENTS)).rejects.toThrow();
  });

  test('refuses a topic that is not there, no message and one that is too long', async () => {
    const { world, publish, service, topic } = await topicWorld();
    await expect(publish('')).rejects.toMatchObject({ code: 'InvalidParameter' });
    await expect(publish('x'.repeat(262_145))).rejects.toThrow('too long');
    const current = { physicalId: topic, attributes: {} };
    await service.resourceTypes?.['AWS::SNS::Topic']?.delete?.({ ...request, properties: {}, current });
    await expect(publish('hello')).rejects.toMatchObject({ code: 'NotFound' });
    expect(world.events.all()).toEqual([]);
  });
});

describe('an HTTP endpoint', () => {
  test('is confirmation to confirm, and gets what is published after it did', async () => {
    const { world, service, topic, subscribe, publish, timeline } = await topicWorld();
    const hook = await endpoint();
    try {
      await subscribe('http', hook.url);
      await until('the request to confirm', () => hook.received.length > 0);
      await publish('too early');
      await until('what became of it', () => timeline().some(({ event }) => event === 'not-delivered'));
      const confirmation = JSON.parse(hook.received[0]?.body ?? '') as { SubscribeURL: string };
      const path = confirmation.SubscribeURL.slice(world.endpoint.length);
      const confirm = (at: string) =>
        service.routes?.['/_sns/confirm/']?.({
          method: 'GET',
          path: at,
          query: new URLSearchParams(),
          headers: {},
          body: Buffer.alloc(0),
        });
      expect(await confirm('/_sns/confirm/wrong')).toMatchObject({ status: 404 });
      expect(await confirm(path)).toMatchObject({ status: 200 });
      await publish('hello');
      await until('the message', () => hook.received.length > 1);
      expect(hook.received[1]?.headers).toMatchObject({
        'content-type': 'text/plain; charset=UTF-8',
        'x-amz-sns-message-type': 'Notification',
        'x-amz-sns-topic-arn': topic,
      });
      expect(JSON.parse(hook.received[1]?.body ?? '')).toMatchObject({
        Type: 'Notification',
        TopicArn: topic,
        Message: 'hello',
      });
    } finally {
      await hook.close();
      await service.stop?.();
    }
  });

  test('that is not on loopback, and a protocol without behaviour, get nothing, and the timeline says so', async () => {
    const { service, subscribe, publish, timeline } = await topicWorld();
    await subscribe('https', 'https://hooks.example.com/x');
    await subscribe('sqs', 'arn:aws:sqs:us-east-1:111111111111:queue');
    await until('what became of the request to confirm', () => timeline().length === 1);
    await publish('hello');
    await until('what became of the message', () => timeline().length === 3);
    expect(timeline().map(({ event }) => event)).toEqual(['not-delivered', 'not-delivered', 'not-delivered']);
    expect(timeline()[0]?.data.problem).toBe('the rehearsal sends only to loopback');
    expect(timeline().map(({ data }) => data.problem)).toContain('protocol sqs has no behaviour in the rehearsal');
    await service.stop?.();
  });
});

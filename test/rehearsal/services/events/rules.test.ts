import { INTERNAL, type Call } from '../../../../rehearsal/core/service';
import { createEventBridge } from '../../../../rehearsal/services/events';
import { checkPattern, matches, type Pattern } from '../../../../rehearsal/services/events/pattern';
import { inputOf } from '../../../../rehearsal/services/events/transform';
import { testWorld } from '../../../support/rehearsal/world';

const event = {
  source: 'aws.codedeploy',
  resources: ['arn:a', 'arn:b'],
  detail: { state: 'READY', group: 'web', note: 'say "hi"', count: 2 },
};

describe('a pattern', () => {
  test.each<[string, Pattern, boolean]>([
    ['every field', { source: ['aws.codedeploy'], detail: { state: ['READY', 'STOP'] } }, true],
    ['one field that differs', { source: ['aws.codedeploy'], detail: { state: ['STOP'] } }, false],
    ['a field that is not there', { detail: { nothing: ['x'] } }, false],
    ['one value of a list', { resources: ['arn:b'] }, true],
    ['a number, not its text', { detail: { count: ['2'] } }, false],
    ['prefix', { detail: { group: [{ prefix: 'we' }] } }, true],
    ['suffix', { detail: { group: [{ suffix: 'we' }] } }, false],
    ['anything-but', { detail: { state: [{ 'anything-but': ['STOP', 'START'] }] } }, true],
    ['exists', { detail: { missing: [{ exists: false }], state: [{ exists: true }] } }, true],
  ])('%s', (_name, pattern, expected) => {
    expect(() => checkPattern(pattern)).not.toThrow();
    expect(matches(pattern, event)).toBe(expected);
  });

  test.each([[{}], [{ source: 'aws.codedeploy' }], [{ source: [{ numeric: ['>', 1] }] }], [{ detail: {} }]])(
    '%j is refused',
    (pattern) => expect(() => checkPattern(pattern)).toThrow('Event pattern is not valid'),
  );
});

describe("a target's input", () => {
  const target = { Id: 'T', Arn: 'arn:aws:sns:us-east-1:111111111111:topic' };
  const template = (InputTemplate: string, InputPathsMap: Record<string, string>) =>
    inputOf({ ...target, InputTransformer: { InputTemplate, InputPathsMap } }, event, { 'aws.events.rule-name': 'R' });

  test('is the event, a part of it, or a text of its own', () => {
    expect(JSON.parse(inputOf(target, event, {}))).toEqual(event);
    expect(inputOf({ ...target, InputPath: '$.resources[1]' }, event, {})).toBe('"arn:b"');
    expect(inputOf({ ...target, Input: '{"a":1}' }, event, {})).toBe('{"a":1}');
  });

  test('fills a template: as text within quotes, as JSON elsewhere, empty without a value', () => {
    const paths = { 'detail-note': '$.detail.note', count: '$.detail.count', none: '$.detail.x.y' };
    expect(template('"<detail-note>, <count>, <none>, <aws.events.rule-name>, <other>"', paths)).toBe(
      '"say \\"hi\\", 2, , R, <other>"',
    );
    expect(template('{"note": <detail-note>, "count": <count>}', paths)).toBe('{"note": "say \\"hi\\"", "count": 2}');
  });
});

function bus() {
  const world = testWorld();
  const service = createEventBridge(world);
  const published: { message: string; by: string }[] = [];
  world.add(service);
  world.add({
    prefix: 'sns',
    operations: {
      Publish: {
        handle: ({ Message }: { Message: string }, { principal }: Call) =>
          void published.push({ message: Message, by: principal.arn }),
      },
    },
  });
  const type = service.resourceTypes?.['AWS::Events::Rule'];
  const request = { stackName: 'S', stackId: 's', logicalId: 'Rule', signal: new AbortController().signal };
  const put = (Entries: object[], principal = INTERNAL) =>
    world.call<{ FailedEntryCount: number; Entries: object[] }>(principal, 'events', 'PutEvents', { Entries });
  return { world, type, request, put, published };
}

const entry = { Source: 'aws.codedeploy', DetailType: 'Change', Detail: '{"state":"READY"}' };
const properties = {
  EventPattern: { source: ['aws.codedeploy'], detail: { state: ['READY'] } },
  Targets: [{ Id: 'T', Arn: 'arn:aws:sns:us-east-1:111111111111:topic', Input: '"it waits"' }],
};

describe('a rule', () => {
  test('sends what it waits for to its topic as EventBridge itself, while it is enabled and there', async () => {
    const { type, request, put, published, world } = bus();
    const current = await type?.create({ ...request, properties });
    expect(await put([entry, { ...entry, Detail: '{"state":"STOP"}' }])).toMatchObject({ FailedEntryCount: 0 });
    await world.clock.advance(1);
    expect(published).toEqual([{ message: '"it waits"', by: 'events.amazonaws.com' }]);
    const update = { ...request, current: current ?? { physicalId: '', attributes: {} }, previous: properties };
    await type?.update?.({ ...update, properties: { ...properties, State: 'DISABLED' } });
    await put([entry]);
    await type?.update?.({ ...update, properties });
    await type?.delete?.({ ...update, properties });
    await put([entry]);
    await world.clock.advance(1);
    expect(published).toHaveLength(1);
  });

  test('refuses a pattern that it does not know', async () => {
    const { type, request } = bus();
    const wrong = { EventPattern: { detail: { state: [{ wildcard: '*' }] } } };
    await expect((async () => type?.create({ ...request, properties: wrong }))()).rejects.toMatchObject({
      code: 'InvalidEventPatternException',
    });
  });

  test('reports on the timeline a target that it cannot reach', async () => {
    const { type, request, put, world } = bus();
    const Targets = [{ Id: 'T', Arn: 'arn:aws:sqs:us-east-1:111111111111:queue' }];
    await type?.create({ ...request, properties: { ...properties, Targets } });
    await put([entry]);
    await world.clock.advance(1);
    expect(world.events.all().map(({ event }) => event)).toEqual(['matched', 'failed']);
  });
});

test('entries that AWS refuses are counted, and a caller cannot speak for AWS', async () => {
  const { put } = bus();
  const caller = { ...INTERNAL, arn: 'arn:aws:iam::111111111111:role/app', kind: 'role' as const };
  const { FailedEntryCount, Entries } = await put([entry, { ...entry, Source: 'app', Detail: '{' }, {}], caller);
  expect(FailedEntryCount).toBe(3);
  expect(Entries).toMatchObject([
    { ErrorCode: 'NotAuthorizedForSourceException' },
    { ErrorCode: 'MalformedDetail' },
    { ErrorCode: 'InvalidArgument' },
  ]);
});

import { account, type Event, things } from '../../../support/rehearsal/cloudformation';

const ref = (Ref: string) => ({ Ref });
const att = (id: string, attribute: string) => ({ 'Fn::GetAtt': [id, attribute] });

/** A stack `Inner` next to things of its own, whose template is at the URL. */
const parent = (version: string, resources: Parameters<typeof things>[0] = {}, parameters: object = { Size: '3' }) => ({
  Resources: {
    ...things(resources).Resources,
    Inner: {
      Type: 'AWS::CloudFormation::Stack',
      Properties: { TemplateURL: `https://s3.us-east-1.amazonaws.com/assets/${version}.json`, Parameters: parameters },
    },
  },
});

/** What the URLs lead to: the size is a parameter, the ARN an output. */
const inner = (resources: Parameters<typeof things>[0]) =>
  JSON.stringify({
    Parameters: { Size: { Type: 'String' } },
    ...things(resources),
    Outputs: { Arn: { Value: att('A', 'Arn') }, Size: { Value: ref('Size') } },
  });

function accountWith(templates: Readonly<Record<string, Parameters<typeof things>[0]>>) {
  const aws = account();
  for (const [version, resources] of Object.entries(templates)) {
    aws.objects.set(`assets/${version}.json`, inner(resources));
  }
  const nested = async () => {
    const { Stacks } = await aws.call<{ Stacks: { StackName: string; StackId: string; StackStatus: string }[] }>(
      'DescribeStacks',
      {},
    );
    return Stacks.filter(({ StackName }) => StackName.startsWith('App-Inner-'));
  };
  const sizes = () => [...aws.things.values()].map((thing) => String(thing.Size)).sort();
  const statuses = async (id: string) => {
    const { StackEvents } = await aws.call<{ StackEvents: (Event & { StackId: string })[] }>('DescribeStackEvents', {
      StackName: id,
    });
    return [...StackEvents]
      .reverse()
      .filter((event) => event.PhysicalResourceId === event.StackId)
      .map((event) => event.ResourceStatus);
  };
  return { ...aws, nested, sizes, statuses };
}

const inEach = { A: { Size: ref('Size') } };

test('creates a stack with parameters, returns its outputs and deletes it with its parent', async () => {
  const aws = accountWith({ v1: inEach });
  const { StackId, StackStatus } = await aws.create(
    parent('v1', { Outer: { Size: att('Inner', 'Outputs.Size'), Name: att('Inner', 'Outputs.Arn') } }),
  );
  expect(StackStatus).toBe('CREATE_COMPLETE');
  expect(aws.sizes()).toEqual(['3', '3']);
  const [stack] = await aws.nested();
  expect(stack).toMatchObject({ StackStatus: 'CREATE_COMPLETE', ParentId: StackId, RootId: StackId });
  // A client follows the events of the stack within from the moment on at which it begins.
  const { StackEvents } = await aws.call<{ StackEvents: Event[] }>('DescribeStackEvents', { StackName: 'App' });
  const began = [...StackEvents].reverse().filter(({ LogicalResourceId }) => LogicalResourceId === 'Inner');
  expect(began.map(({ ResourceStatus, PhysicalResourceId }) => [ResourceStatus, PhysicalResourceId])).toEqual([
    ['CREATE_IN_PROGRESS', ''],
    ['CREATE_IN_PROGRESS', stack?.StackId],
    ['CREATE_COMPLETE', stack?.StackId],
  ]);
  await aws.call('DeleteStack', { StackName: 'App' });
  await aws.settled(StackId);
  expect(aws.things.size).toBe(0);
  expect(await aws.nested()).toEqual([]);
});

test('an update reaches the stack within, and what is new about its outputs what refers to them', async () => {
  const aws = accountWith({ v1: inEach, v2: { A: { Size: ref('Size') }, B: { Size: 'b' } } });
  const outer = { Outer: { Size: att('Inner', 'Outputs.Size') } };
  await aws.create(parent('v1', outer));
  const [before] = await aws.nested();
  expect((await aws.update(parent('v2', outer, { Size: '4' }))).StackStatus).toBe('UPDATE_COMPLETE');
  expect(aws.sizes()).toEqual(['4', '4', 'b']);
  expect(await aws.nested()).toMatchObject([{ StackId: before?.StackId, StackStatus: 'UPDATE_COMPLETE' }]);
  await aws.update(parent('v1', outer));
  expect(aws.sizes()).toEqual(['3', '3']);
});

test('a failure within fails the parent, and both go back', async () => {
  const aws = accountWith({ v1: inEach, bad: { A: { Size: ref('Size') }, B: { Fail: 'create' } } });
  await aws.create(parent('v1'));
  const stack = await aws.update(parent('bad'));
  expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(aws.sizes()).toEqual(['3']);
  const [nested] = await aws.nested();
  expect(nested?.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await aws.events()).toContain(
    `Inner | UPDATE_FAILED | Embedded stack ${nested?.StackId} was not successfully updated. Currently in ` +
      'UPDATE_ROLLBACK_IN_PROGRESS with reason: The following resource(s) failed to create: [B].',
  );
  expect(await aws.events(nested?.StackId)).toContain('B | CREATE_FAILED | B cannot create');
});

test('what a finished stack within has replaced or dropped is kept until the parent is over, so that it can go back', async () => {
  const aws = accountWith({
    v1: { A: { Size: ref('Size') }, B: { Name: 'old', Size: 'b' }, C: { Size: 'c' } },
    v2: { A: { Size: ref('Size') }, B: { Name: 'new', Size: 'b' } },
  });
  await aws.create(parent('v1'));
  const failing = { Outer: { Fail: 'create', Size: att('Inner', 'Outputs.Size') } };
  const stack = await aws.update(parent('v2', failing, { Size: '9' }));
  expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect([...aws.things.values()].map(({ Name, Size }) => Name ?? Size).sort()).toEqual(['3', 'c', 'old']);
  const [nested] = await aws.nested();
  expect((await aws.statuses(nested?.StackId ?? '')).slice(-5)).toEqual([
    'UPDATE_IN_PROGRESS',
    'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'UPDATE_ROLLBACK_IN_PROGRESS',
    'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    'UPDATE_ROLLBACK_COMPLETE',
  ]);
  expect((await aws.update(parent('v2', {}, { Size: '9' }))).StackStatus).toBe('UPDATE_COMPLETE');
  expect([...aws.things.values()].map(({ Name, Size }) => Name ?? Size).sort()).toEqual(['9', 'new']);
});

test('a stack that cannot be created is deleted by its parent’s rollback', async () => {
  const aws = accountWith({ bad: { A: { Size: ref('Size') }, B: { Fail: 'create', Size: ref('A') } } });
  const stack = await aws.create(parent('bad'));
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(aws.things.size).toBe(0);
  expect(await aws.nested()).toEqual([]);
  expect((await aws.events()).join('\n')).toMatch(
    /Inner \| CREATE_FAILED \| Embedded stack \S+ was not successfully created: The following resource\(s\) failed to create: \[B\]\./,
  );
});

test('a failing sibling cancels the stack within, which goes back', async () => {
  const aws = accountWith({ v1: inEach, slow: { A: { Size: ref('Size') }, B: { DelayMs: 600_000 } } });
  await aws.create(parent('v1'));
  const stack = await aws.update(parent('slow', { Outer: { Fail: 'create', DelayMs: 10_000 } }, { Size: '9' }));
  expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(aws.sizes()).toEqual(['3']);
  expect(await aws.events()).toContain('Inner | UPDATE_FAILED | Resource update cancelled');
  expect(await aws.nested()).toMatchObject([{ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' }]);
});

test('a parameter that the template does not have, and a URL without a template, fail the resource', async () => {
  const aws = accountWith({ v1: inEach });
  const unknown = await aws.create(parent('v1', {}, { Colour: 'red' }));
  expect(unknown.StackStatus).toBe('ROLLBACK_COMPLETE');
  const missing = await aws.create(parent('v7'), { StackName: 'Other' });
  expect(missing.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect((await aws.events(missing.StackId)).join('\n')).toContain(
    'Inner | CREATE_FAILED | S3 error: The specified key',
  );
});

test('an update whose rollback fails within is continued from the parent', async () => {
  const aws = accountWith({
    v1: { A: { Size: ref('Size') }, B: { Size: 'b' } },
    v2: { A: { Size: ref('Size') }, B: { Size: 'c', Fail: 'update' } },
  });
  await aws.create(parent('v1'));
  aws.refuse.add('update A');
  const stack = await aws.update(parent('v2', { Outer: { Size: att('Inner', 'Outputs.Size') } }, { Size: '9' }));
  expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
  aws.refuse.clear();
  await aws.call('ContinueUpdateRollback', { StackName: 'App' });
  expect((await aws.settled('App')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await aws.nested()).toMatchObject([{ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' }]);
});

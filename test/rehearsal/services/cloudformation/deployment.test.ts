import { account, things } from '../../../support/rehearsal/cloudformation';

const ref = (Ref: string) => ({ Ref });
const att = (id: string, attribute: string) => ({ 'Fn::GetAtt': [id, attribute] });

describe('create', () => {
  test('creates in order of dependency and returns outputs', async () => {
    const aws = account();
    const stack = await aws.create({
      ...things({
        B: { Name: att('A', 'Arn') },
        A: { Size: 1 },
        C: { Size: { 'Fn::Sub': '${B.Arn}/${AWS::StackName}' } },
      }),
      Outputs: { Url: { Value: { 'Fn::Join': ['-', ['x', ref('C')]] }, Export: { Name: 'the-url' } } },
    });
    expect(stack.StackStatus).toBe('CREATE_COMPLETE');
    expect(aws.calls).toEqual(['create A', 'create B', 'create C']);
    expect(stack.Outputs[0]?.OutputValue).toMatch(/^x-C-/);
    expect([...aws.things.values()].map((thing) => thing.Size ?? thing.Name)).toEqual([
      1,
      expect.stringMatching(/^arn:A-/),
      expect.stringMatching(/^arn:B-.*\/App$/),
    ]);
    const events = await aws.events();
    expect(events[0]).toBe('App | CREATE_IN_PROGRESS | User Initiated');
    expect(events.slice(1, 4)).toEqual([
      'A | CREATE_IN_PROGRESS',
      'A | CREATE_IN_PROGRESS | Resource creation Initiated',
      'A | CREATE_COMPLETE',
    ]);
    expect(events.at(-1)).toBe('App | CREATE_COMPLETE');
    expect(await aws.call('ListExports', {})).toMatchObject({ Exports: [{ Name: 'the-url' }] });
  });

  test('an output of another stack is read without an export, and one that is missing refuses', async () => {
    const aws = account();
    await aws.create({ ...things({ A: { Size: 1 } }), Outputs: { Arn: { Value: att('A', 'Arn') } } });
    const reading = (OutputName: string) =>
      things({ B: { Name: { 'Fn::GetStackOutput': { StackName: 'App', Region: ref('AWS::Region'), OutputName } } } });
    await aws.create(reading('Arn'), { StackName: 'Other' });
    expect([...aws.things.values()]).toMatchObject([{ Size: 1 }, { Name: expect.stringMatching(/^arn:A-/) as string }]);
    const stack = await aws.create(reading('None'), { StackName: 'Third' });
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await aws.events(stack.StackId)).toContain('B | CREATE_FAILED | Stack App in us-east-1 has no output None');
  });

  test('independent resources are created at the same time', async () => {
    const aws = account();
    const started = aws.world.clock.now();
    await aws.call('CreateStack', {
      StackName: 'App',
      TemplateBody: JSON.stringify(things({ A: { DelayMs: 50_000 }, B: { DelayMs: 50_000 } })),
    });
    await aws.world.clock.advance(50_000);
    expect((await aws.describe()).StackStatus).toBe('CREATE_COMPLETE');
    expect(aws.world.clock.now() - started).toBe(50_000);
  });

  test('a failure cancels siblings, rolls back and names the reason', async () => {
    const aws = account();
    const stack = await aws.create(
      things({ A: { Size: 1 }, B: { Fail: 'create', DelayMs: 1000 }, C: { DelayMs: 5000 }, D: { Size: ref('B') } }),
    );
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(aws.things.size).toBe(0);
    const events = await aws.events();
    expect(events).toContain('B | CREATE_FAILED | B cannot create');
    expect(events).toContain('C | CREATE_FAILED | Resource creation cancelled');
    expect(events).toContain(
      'App | ROLLBACK_IN_PROGRESS | The following resource(s) failed to create: [B, C]. Rollback requested by user.',
    );
    expect(events.filter((event) => event.startsWith('D'))).toEqual([]);
    expect(events.at(-1)).toBe('App | ROLLBACK_COMPLETE');
    await expect(aws.update(things({ A: {} }))).rejects.toThrow('ROLLBACK_COMPLETE state and can not be updated');
  });

  test('OnFailure decides what is left', async () => {
    const retaining = account();
    const broken = things({ A: {}, B: { Fail: 'create', Size: ref('A') } });
    expect((await retaining.create(broken, { OnFailure: 'DO_NOTHING' })).StackStatus).toBe('CREATE_FAILED');
    expect(retaining.things.size).toBe(1);
    await retaining.call('RollbackStack', { StackName: 'App' });
    expect((await retaining.settled('App')).StackStatus).toBe('ROLLBACK_COMPLETE');
    const deleted = account();
    expect((await deleted.create(broken, { OnFailure: 'DELETE' })).StackStatus).toBe('DELETE_COMPLETE');
  });

  test('a failure that is kept stops only its own path', async () => {
    const aws = account();
    const broken = things({
      A: { Fail: 'create' },
      B: { Size: ref('A') },
      C: { DelayMs: 1_000 },
      D: { Size: ref('C') },
    });
    const { StackStatus } = await aws.create(broken, { DisableRollback: true });
    expect(StackStatus).toBe('CREATE_FAILED');
    expect([...aws.things.keys()].map((id) => id[0])).toEqual(['C', 'D']);
  });

  test('a wrong template is refused before anything starts', async () => {
    const aws = account();
    const cycle = things({ A: { Size: ref('B') }, B: { Size: ref('A') } });
    await expect(aws.create(cycle)).rejects.toThrow('Circular dependency between resources: [A, B]');
    await expect(aws.create(things({ A: { Size: ref('Nope') } }))).rejects.toThrow(
      'Unresolved resource dependencies [Nope]',
    );
    await expect(aws.describe()).rejects.toThrow('Stack with id App does not exist');
    expect(aws.calls).toEqual([]);
  });
});

describe('update', () => {
  test('touches only what changed', async () => {
    const aws = account();
    await aws.create(things({ A: { Size: 1 }, B: { Size: 1 } }));
    const stack = await aws.update(things({ A: { Size: 1 }, B: { Size: 2 } }));
    expect(stack.StackStatus).toBe('UPDATE_COMPLETE');
    expect(aws.calls).toEqual(['create A', 'create B', 'update B']);
    expect((await aws.events()).slice(-4)).toEqual([
      'B | UPDATE_IN_PROGRESS',
      'B | UPDATE_COMPLETE',
      'App | UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'App | UPDATE_COMPLETE',
    ]);
    await expect(aws.update(things({ A: { Size: 1 }, B: { Size: 2 } }))).rejects.toThrow(
      'No updates are to be performed.',
    );
  });

  test('replaces, repoints dependents, then deletes the old and the removed', async () => {
    const aws = account();
    await aws.create(things({ A: { Name: 'one' }, B: { Size: ref('A') }, C: {} }));
    const old = [...aws.things.keys()].find((id) => id.startsWith('A'));
    await aws.update(things({ A: { Name: 'two' }, B: { Size: ref('A') } }));
    expect(aws.calls.slice(3)).toEqual(['create A', 'update B', 'delete A', 'delete C']);
    expect(aws.things.has(String(old))).toBe(false);
    const events = await aws.events();
    expect(events).toContain(
      'A | UPDATE_IN_PROGRESS | Requested update requires the creation of a new physical resource; hence creating one.',
    );
    const listed = await aws.call<{ StackResourceSummaries: { LogicalResourceId: string; ResourceStatus: string }[] }>(
      'ListStackResources',
      { StackName: 'App' },
    );
    expect(listed.StackResourceSummaries.map((one) => `${one.LogicalResourceId} ${one.ResourceStatus}`)).toEqual([
      'A UPDATE_COMPLETE',
      'B UPDATE_COMPLETE',
    ]);
  });

  test('a failure restores old properties, keeps the replaced, deletes the new', async () => {
    const aws = account();
    await aws.create(things({ A: { Size: 1 }, B: { Name: 'one' }, C: { Size: 1 } }));
    const before = new Map(aws.things);
    const stack = await aws.update(
      things({
        A: { Size: 2 },
        B: { Name: 'two' },
        N: { Size: 3 },
        C: { Size: 2, Fail: 'update', X: [ref('A'), ref('B'), ref('N')] },
      }),
    );
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(aws.things).toEqual(before);
    const events = await aws.events();
    expect(events).toContain('C | UPDATE_FAILED | C cannot update');
    expect(events).toContain('App | UPDATE_ROLLBACK_IN_PROGRESS | The following resource(s) failed to update: [C].');
    expect(events.indexOf('App | UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS')).toBeLessThan(
      events.indexOf('N | DELETE_IN_PROGRESS'),
    );
    expect(events.at(-1)).toBe('App | UPDATE_ROLLBACK_COMPLETE');
    expect((await aws.update(things({ A: { Size: 5 }, B: { Name: 'one' }, C: { Size: 1 } }))).StackStatus).toBe(
      'UPDATE_COMPLETE',
    );
  });

  test('a rollback that fails can be continued, skipping what is in its way', async () => {
    let stuck = true;
    const aws = account({
      types: {
        'Test::Stuck': {
          create: () => ({ physicalId: 'stuck', attributes: {} }),
          update: ({ current }) => {
            if (stuck) throw new Error('stuck');
            return current;
          },
        },
      },
    });
    const template = (Size: number) => ({ Resources: { S: { Type: 'Test::Stuck', Properties: { Size } } } });
    await aws.create(template(1));
    expect((await aws.update(template(2))).StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
    stuck = false;
    await aws.call('ContinueUpdateRollback', { StackName: 'App' });
    expect((await aws.settled('App')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    stuck = true;
    expect((await aws.update(template(3))).StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
    await aws.call('ContinueUpdateRollback', { StackName: 'App', ResourcesToSkip: ['S'] });
    expect((await aws.settled('App')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  });

  test('can be cancelled while it runs', async () => {
    const aws = account();
    await aws.create(things({ A: { Size: 1 } }));
    await aws.call('UpdateStack', {
      StackName: 'App',
      TemplateBody: JSON.stringify(things({ A: { Size: 2, DelayMs: 10_000 } })),
    });
    await aws.world.clock.advance(1);
    await aws.call('CancelUpdateStack', { StackName: 'App' });
    expect((await aws.settled('App')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect([...aws.things.values()]).toEqual([{ Size: 1 }]);
    expect(await aws.events()).toContain('A | UPDATE_FAILED | Resource update cancelled');
  });
});

describe('delete', () => {
  test('deletes dependents first and keeps what is to be retained', async () => {
    const aws = account();
    const { StackId } = await aws.create(
      things({ A: {}, B: { Size: ref('A') }, K: {} }, { K: { DeletionPolicy: 'Retain' } }),
    );
    await aws.call('DeleteStack', { StackName: 'App' });
    expect((await aws.settled(StackId)).StackStatus).toBe('DELETE_COMPLETE');
    expect(aws.calls.slice(3)).toEqual(['delete B', 'delete A']);
    expect([...aws.things.keys()][0]).toMatch(/^K-/);
    await expect(aws.describe()).rejects.toThrow('Stack with id App does not exist');
  });

  test('fails with the resources that stay, and termination protection forbids it', async () => {
    const aws = account();
    await aws.create(things({ A: {}, B: { Size: ref('A'), Fail: 'delete' } }), { EnableTerminationProtection: true });
    await expect(aws.call('DeleteStack', { StackName: 'App' })).rejects.toThrow('TerminationProtection');
    await aws.call('UpdateTerminationProtection', { StackName: 'App', EnableTerminationProtection: false });
    await aws.call('DeleteStack', { StackName: 'App' });
    const stack = await aws.settled('App');
    expect(stack.StackStatus).toBe('DELETE_FAILED');
    expect(stack.StackStatusReason).toBe('The following resource(s) failed to delete: [B, A].');
    await aws.call('DeleteStack', { StackName: 'App', RetainResources: ['B'] });
    expect(aws.calls.at(-1)).toBe('delete A');
  });
});

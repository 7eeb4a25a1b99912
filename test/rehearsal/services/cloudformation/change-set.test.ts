import { account, things } from '../../../support/rehearsal/cloudformation';
import { nonEmpty } from '../../../support/non-empty';

interface Described {
  readonly Status: string;
  readonly StatusReason?: string;
  readonly ExecutionStatus: string;
  readonly Changes: { ResourceChange: Record<string, unknown> & { Details: { Evaluation: string }[] } }[];
}

function flow(options: Parameters<typeof account>[0] = {}) {
  const aws = account(options);
  const prepare = async (template: unknown, ChangeSetType: string, more: object = {}) => {
    const input = { StackName: 'App', ChangeSetName: 'cdk-deploy-change-set', ChangeSetType, ...more };
    await aws.call('CreateChangeSet', { TemplateBody: JSON.stringify(template), ...input });
    return aws.call<Described>('DescribeChangeSet', { StackName: 'App', ChangeSetName: 'cdk-deploy-change-set' });
  };
  const execute = async () => {
    await aws.call('ExecuteChangeSet', { StackName: 'App', ChangeSetName: 'cdk-deploy-change-set' });
    return aws.settled('App');
  };
  const forget = () => aws.call('DeleteChangeSet', { StackName: 'App', ChangeSetName: 'cdk-deploy-change-set' });
  return { aws, prepare, execute, forget };
}

test('the calls of a first `cdk deploy`', async () => {
  const { aws, prepare, execute } = flow();
  await expect(aws.describe()).rejects.toMatchObject({
    code: 'ValidationError',
    message: 'Stack with id App does not exist',
  });
  const described = await prepare(things({ A: { Size: 1 } }), 'CREATE');
  expect(described).toMatchObject({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' });
  expect(described.Changes).toHaveLength(1);
  expect((await aws.describe()).StackStatus).toBe('REVIEW_IN_PROGRESS');
  expect(await aws.call('GetTemplate', { StackName: 'App' })).toMatchObject({ TemplateBody: '{}' });
  expect((await execute()).StackStatus).toBe('CREATE_COMPLETE');
  expect(await aws.call('GetTemplate', { StackName: 'App' })).toMatchObject({
    TemplateBody: JSON.stringify(things({ A: { Size: 1 } })),
  });
});

test('says what will be modified, replaced, added and removed, and what only the deployment will know', async () => {
  const { prepare, execute, forget } = flow();
  await prepare(
    things({ A: { Name: 'x' }, B: { Size: { Ref: 'A' } }, C: { Size: 1 }, D: {}, E: { Size: 1 } }),
    'CREATE',
  );
  await execute();
  await forget();
  const { Changes } = await prepare(
    things({ A: { Name: 'y' }, B: { Size: { Ref: 'A' } }, C: { Size: 2 }, E: { Size: 1 }, N: {} }),
    'UPDATE',
  );
  const shown = Changes.map(({ ResourceChange: change }) => [
    change.LogicalResourceId,
    change.Action,
    change.Replacement,
    change.Details[0]?.Evaluation,
  ]);
  expect(shown).toEqual([
    ['A', 'Modify', 'True', 'Static'],
    ['C', 'Modify', 'False', 'Static'],
    ['N', 'Add', undefined, undefined],
    ['B', 'Modify', 'False', 'Dynamic'],
    ['D', 'Remove', undefined, undefined],
  ]);
  expect((await execute()).StackStatus).toBe('UPDATE_COMPLETE');
});

describe('what a change within a resource does to the things that refer to it', () => {
  const replacementOf = (changes: Described['Changes']) =>
    changes.map(({ ResourceChange: { LogicalResourceId, Replacement, Details } }) => [
      LogicalResourceId,
      Replacement,
      ...Details.map(({ Evaluation }) => Evaluation),
    ]);
  const named = (id: string, attribute: string) => things({ B: { Name: { 'Fn::GetAtt': [id, attribute] } } }).Resources;

  test('a custom resource may respond with something else, so they may be replaced', async () => {
    const { aws, prepare, execute, forget } = flow({
      lambda: (event) => {
        const body = JSON.stringify({ Status: 'SUCCESS', PhysicalResourceId: 'one', Data: { Url: 'x' } });
        aws.responses.receive('PUT', new URL(event.ResponseURL).searchParams, Buffer.from(body));
      },
    });
    const ServiceToken = 'arn:aws:lambda:us-east-1:111111111111:function:release';
    const template = (Version: number, more: object = {}) => ({
      Resources: {
        R: { Type: 'Custom::Release', Properties: { ServiceToken, Version }, ...more },
        ...named('R', 'Url'),
      },
    });
    await prepare(template(1), 'CREATE');
    await execute();
    await forget();
    const { Changes } = await prepare(template(2), 'UPDATE');
    expect(replacementOf(Changes)).toEqual([
      ['R', 'False', 'Static'],
      ['B', 'Conditional', 'Dynamic'],
    ]);
    await forget();
    // What only CloudFormation reads of it is no reason for another response.
    const retained = await prepare(template(1, { DeletionPolicy: 'Retain' }), 'UPDATE');
    expect(replacementOf(retained.Changes)).toEqual([['R', 'False', 'Static']]);
  });

  test('a nested stack may have other outputs, so they may be replaced', async () => {
    const { aws, prepare, execute, forget } = flow();
    const inner = { ...things({ A: { Size: 1 } }), Outputs: { Size: { Value: { 'Fn::GetAtt': ['A', 'Size'] } } } };
    for (const version of ['v1', 'v2']) aws.objects.set(`assets/${version}.json`, JSON.stringify(inner));
    const template = (version: string) => ({
      Resources: {
        Inner: {
          Type: 'AWS::CloudFormation::Stack',
          Properties: { TemplateURL: `https://s3.us-east-1.amazonaws.com/assets/${version}.json` },
        },
        ...named('Inner', 'Outputs.Size'),
      },
    });
    await prepare(template('v1'), 'CREATE');
    await execute();
    await forget();
    expect(replacementOf((await prepare(template('v2'), 'UPDATE')).Changes)).toEqual([
      ['Inner', 'False', 'Static'],
      ['B', 'Conditional', 'Dynamic'],
    ]);
  });
});

test('a change set without changes fails with the text that the CDK CLI expects', async () => {
  const { aws, prepare, execute, forget } = flow();
  await prepare(things({ A: { Size: 1 } }), 'CREATE');
  await execute();
  await forget();
  const described = await prepare(things({ A: { Size: 1 } }), 'UPDATE');
  expect(described).toMatchObject({ Status: 'FAILED', ExecutionStatus: 'UNAVAILABLE' });
  expect(described.StatusReason).toMatch(/^The submitted information didn't contain changes\./);
  await forget();
  await expect(
    aws.call('DescribeChangeSet', { StackName: 'App', ChangeSetName: 'cdk-deploy-change-set' }),
  ).rejects.toMatchObject({ code: 'ChangeSetNotFound' });
});

test('a stack in review can be deleted', async () => {
  const { aws, prepare } = flow();
  await prepare(things({ A: {} }), 'CREATE');
  await aws.call('DeleteStack', { StackName: 'App' });
  await aws.world.clock.advance(1);
  await expect(aws.describe()).rejects.toThrow('does not exist');
});

test('templates by URL, parameters from SSM, dynamic references, rules, YAML', async () => {
  const aws = account();
  const yaml = `
Parameters:
  Bootstrap: { Type: 'AWS::SSM::Parameter::Value<String>', Default: /known/version }
  Stage: { Type: String, Default: prod }
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Mappings: { Sizes: { us-east-1: { big: 7 } } }
Resources:
  A:
    Type: Test::Thing
    Condition: IsProd
    Properties:
      Size: !FindInMap [Sizes, !Ref AWS::Region, big]
      Name: !Sub '\${Bootstrap} {{resolve:ssm:/known/name:1}} \${!Literal}'
      Zone: !Select [1, !GetAZs '']
      Gone: !If [IsProd, !Ref AWS::NoValue, 1]
  B: { Type: Test::Thing, Condition: NotProd }
`.replace('Conditions:', 'Conditions:\n  NotProd: !Not [!Condition IsProd]');
  aws.objects.set('assets/t.yaml', yaml);
  const TemplateURL = 'https://s3.us-east-1.amazonaws.com/assets/t.yaml';
  await aws.call('CreateStack', { StackName: 'App', TemplateURL });
  const stack = await aws.settled('App');
  expect(stack.StackStatus).toBe('CREATE_COMPLETE');
  expect([...aws.things.values()]).toEqual([
    { Size: 7, Name: 'value of /known/version value of /known/name ${Literal}', Zone: 'us-east-1b' },
  ]);
  expect(stack.Parameters).toContainEqual({
    ParameterKey: 'Bootstrap',
    ParameterValue: '/known/version',
    ResolvedValue: 'value of /known/version',
  });
  const more = { StackName: 'Other', TemplateURL };
  const wrong = (Parameters: object[]) => aws.call('CreateStack', { ...more, Parameters });
  await expect(wrong([{ ParameterKey: 'X', ParameterValue: '1' }])).rejects.toThrow(
    'Parameters: [X] do not exist in the template',
  );
  await expect(wrong([{ ParameterKey: 'Bootstrap', ParameterValue: '/none' }])).rejects.toThrow('/none');
});

test('rules hold or the template is refused', async () => {
  const aws = account();
  const Rules = {
    Check: {
      Assertions: [
        {
          Assert: { 'Fn::Not': [{ 'Fn::Contains': [['1', '2'], '2'] }] },
          AssertDescription: 'CDK bootstrap stack version 6 required',
        },
      ],
    },
  };
  await expect(aws.create({ ...things({ A: {} }), Rules })).rejects.toThrow('CDK bootstrap stack version 6 required');
});

test('events come in pages, newest first', async () => {
  const aws = account();
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`T${index}`, { Size: index }]));
  await aws.create(things(many));
  interface Page {
    readonly StackEvents: { EventId: string; ResourceStatus: string; Timestamp: Date }[];
    readonly NextToken?: string;
  }
  const first = await aws.call<Page>('DescribeStackEvents', { StackName: 'App' });
  const second = await aws.call<Page>('DescribeStackEvents', { StackName: 'App', NextToken: first.NextToken });
  const all = [...first.StackEvents, ...second.StackEvents];
  expect(first.StackEvents).toHaveLength(100);
  expect(new Set(all.map((event) => event.EventId)).size).toBe(182);
  expect(all[0]?.ResourceStatus).toBe('CREATE_COMPLETE');
  const times = all.map((event) => event.Timestamp.getTime());
  expect(nonEmpty(times).every((time, index) => index === 0 || time < (times[index - 1] as number))).toBe(true);
});

test('operations declare the ARN of their stack', async () => {
  const aws = account();
  const { StackId } = await aws.create(things({ A: {} }));
  const describe = aws.service.operations.DescribeStacks;
  expect(describe?.resources?.({ StackName: 'App' })).toEqual([StackId]);
  expect(describe?.resources?.({ StackName: 'New' })).toEqual([
    'arn:aws:cloudformation:us-east-1:111111111111:stack/New/*',
  ]);
});

import { account } from '../../../../support/rehearsal/cloudformation';

const topic = (Properties: object, more: object = {}) => ({ Type: 'AWS::SNS::Topic', Properties, ...more });
const att = (id: string, attribute: string) => ({ 'Fn::GetAtt': [id, attribute] });

/** What a change set of new resources comes to. */
async function changeSetOf(resources: object, sections: object = {}) {
  const aws = account();
  const name = { StackName: 'App', ChangeSetName: 'first' };
  const TemplateBody = JSON.stringify({ Resources: resources, ...sections });
  await aws.call('CreateChangeSet', { ...name, ChangeSetType: 'CREATE', TemplateBody });
  const changeSet = await aws.call<Record<string, string>>('DescribeChangeSet', name);
  const { OperationEvents } = await aws.call<{ OperationEvents: Record<string, string>[] }>('DescribeEvents', {
    ...name,
    Filters: { FailedEvents: true },
  });
  return {
    changeSet,
    events: OperationEvents.map((each) => `${each.ValidationPath}: ${each.ValidationStatusReason}`),
    execute: () => aws.call('ExecuteChangeSet', name),
  };
}

test('a change set with a wrong property fails, says where, and cannot be executed', async () => {
  const { changeSet, events, execute } = await changeSetOf(
    {
      Web: { Type: 'AWS::ECS::Service', Properties: { LoadBalancers: [{ Port: 80 }], DesiredCount: { Ref: 'Count' } } },
      Policy: { Type: 'AWS::IAM::Policy', Properties: {} },
    },
    { Parameters: { Count: { Type: 'String', Default: 'two' } } },
  );
  expect(changeSet).toMatchObject({ Status: 'FAILED', ExecutionStatus: 'UNAVAILABLE' });
  expect(changeSet.StatusReason).toContain('validation failed: [AWS::EarlyValidation::PropertyValidation]');
  expect(events).toEqual([
    '/Resources/Web/Properties/LoadBalancers/0: Unsupported property [Port]',
    '/Resources/Web/Properties/DesiredCount: expected type: Integer, found: String',
    '/Resources/Policy/Properties: Required property [PolicyDocument] not found',
    '/Resources/Policy/Properties: Required property [PolicyName] not found',
  ]);
  await expect(execute()).rejects.toThrow('cannot be executed in its current status of [FAILED]');
});

test('only the branch of a condition that holds is judged, and nothing that is known later', async () => {
  const { changeSet } = await changeSetOf(
    {
      A: topic({ DisplayName: { 'Fn::If': ['Never', ['a list'], { Ref: 'AWS::StackName' }] } }),
      B: topic({ TopicName: att('A', 'TopicName') }),
      C: topic({ Colour: 1 }, { Condition: 'Never' }),
    },
    { Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } } },
  );
  expect(changeSet.Status).toBe('CREATE_COMPLETE');
});

test.each([
  [
    'an unknown type',
    { A: { Type: 'AWS::SNS::Topics' } },
    {},
    'Template format error: Unrecognized resource types: [AWS::SNS::Topics]',
  ],
  ['an unknown section', { A: topic({}) }, { Resource: {} }, 'Invalid template property or properties [Resource]'],
  ['an unknown attribute', { A: topic({}, { Depends: 'B' }) }, {}, "Invalid template resource property 'Depends'"],
  [
    'an unknown deletion policy',
    { A: topic({}, { DeletionPolicy: 'Keep' }) },
    {},
    'Template format error: Unrecognized DeletionPolicy Keep for resource A',
  ],
  [
    'a policy that only a deletion has',
    { A: topic({}, { UpdateReplacePolicy: 'RetainExceptOnCreate' }) },
    {},
    'Unrecognized UpdateReplacePolicy RetainExceptOnCreate for resource A',
  ],
])('a template with %s is refused', async (_what, resources, sections, expected) => {
  await expect(changeSetOf(resources, sections)).rejects.toThrow(expected);
});

test('CreateStack fails with the resource that has a wrong property, and with an attribute that does not exist', async () => {
  const aws = account();
  const stack = await aws.create({ Resources: { A: topic({ Color: 'red' }) } });
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(await aws.events(stack.StackId)).toContain(
    'A | CREATE_FAILED | Properties validation failed for resource A with message:\n#: extraneous key [Color] is not permitted',
  );
  const second = { Resources: { A: topic({}), B: topic({ DisplayName: att('A', 'Colour') }) } };
  const other = await aws.create(second, { StackName: 'Other' });
  expect(await aws.events(other.StackId)).toContain(
    'B | CREATE_FAILED | Requested attribute Colour does not exist in schema for AWS::SNS::Topic',
  );
});

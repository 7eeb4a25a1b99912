import { deploymentSentence } from '../../../../../rehearsal/services/cloudformation/schema/sentences';
import { schemaOf } from '../../../../../rehearsal/services/cloudformation/schema/schemas';
import type { ResourceSchema } from '../../../../../rehearsal/services/cloudformation/schema/types';
import { propertyProblems, UNKNOWN } from '../../../../../rehearsal/services/cloudformation/schema/validate';

/** What CloudFormation says of the properties of a resource `R`. */
function sentence(type: string, properties: unknown): string {
  const schema = schemaOf(type) as ResourceSchema;
  const problems = propertyProblems(schema, properties);
  return problems.length === 0 ? '' : deploymentSentence('R', problems, schema.legacy === true);
}

const failed = 'Properties validation failed for resource R with message:\n';

test.each([
  ['an unknown property', 'AWS::ECS::Service', { DesiredCunt: 1 }, '#: extraneous key [DesiredCunt] is not permitted'],
  [
    'an unknown key within a list',
    'AWS::ECS::Service',
    { LoadBalancers: [{ ContainerName: 'web', Port: 80 }] },
    '#/LoadBalancers/0: extraneous key [Port] is not permitted',
  ],
  ['a missing property', 'AWS::SNS::Subscription', { Protocol: 'sqs' }, '#: required key [TopicArn] not found'],
  [
    'a missing key of a nested object',
    'AWS::ECS::Service',
    { DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true } } },
    '#/DeploymentConfiguration/DeploymentCircuitBreaker: required key [Rollback] not found',
  ],
  [
    'text for a list',
    'AWS::ECS::Service',
    { LoadBalancers: 'web' },
    '#/LoadBalancers: expected type: JSONArray, found: String',
  ],
  [
    'a list for text',
    'AWS::Lambda::Permission',
    { Action: ['a', 'b'], FunctionName: 'f', Principal: 'p' },
    '#/Action: expected type: String, found: JSONArray',
  ],
  [
    'words for a number',
    'AWS::ECS::Service',
    { DesiredCount: 'two' },
    '#/DesiredCount: expected type: Integer, found: String',
  ],
  [
    'a value that is not of the list of values',
    'AWS::ECS::Service',
    { LaunchType: 'FARGATES' },
    '#/LaunchType: failed validation constraint for keyword [enum]',
  ],
  [
    'a number out of its range',
    'AWS::ECS::Service',
    { DeploymentConfiguration: { BakeTimeInMinutes: 2000 } },
    '#/DeploymentConfiguration/BakeTimeInMinutes: failed validation constraint for keyword [maximum]',
  ],
  [
    'a text that its pattern does not allow',
    'AWS::Lambda::Function',
    { Code: {}, Role: 'not-an-arn' },
    '#/Role: failed validation constraint for keyword [pattern]',
  ],
  [
    'a text that is too long',
    'AWS::Lambda::Function',
    { Code: {}, Role: 'arn:aws:iam::111122223333:role/r', Description: 'x'.repeat(257) },
    '#/Description: expected maxLength: 256, actual: 257',
  ],
])('%s of %s is refused in the words of the registry', (_what, type, properties, expected) => {
  expect(sentence(type, properties)).toContain(`${failed}${expected}`);
});

test('numbers and truth values may be text, and what is known only later is not judged', () => {
  expect(
    sentence('AWS::ECS::Service', {
      DesiredCount: '2',
      EnableExecuteCommand: 'true',
      ServiceName: 5,
      TaskDefinition: UNKNOWN,
      LoadBalancers: [UNKNOWN, { TargetGroupArn: UNKNOWN, ContainerPort: '{{resolve:ssm:port}}' }],
    }),
  ).toBe('');
});

test('a type without a handler in the registry is refused in its own words', () => {
  expect(schemaOf('AWS::ElasticLoadBalancingV2::ListenerCertificate')?.legacy).toBe(true);
  const type = 'AWS::ElasticLoadBalancingV2::ListenerCertificate';
  expect(sentence(type, { Certificates: [], ListenerArn: 'a', Colour: 1 })).toBe(
    'Encountered unsupported property Colour',
  );
  expect(sentence(type, { Certificates: [] })).toBe('Property ListenerArn cannot be empty.');
});

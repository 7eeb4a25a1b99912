import { AwsError } from '../../../../rehearsal/core/service';
import { checkOutput, validated } from '../../../../rehearsal/core/models/validate';

/** `code: message` of the refusal. */
function refusal(prefix: string, operation: string, input: unknown, values: 'json' | 'text' = 'json'): string {
  try {
    validated(prefix, operation, input, values);
  } catch (error) {
    if (error instanceof AwsError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}

describe('an input that breaks its model is refused in the code and words of its service', () => {
  const long = 'x'.repeat(600);
  const prefix = '1 validation error detected: Value';
  test.each([
    [
      'a negative count',
      'ecs',
      'UpdateService',
      { service: 'web', desiredCount: -1 },
      /^InvalidParameterException: .*'-1' at 'desiredCount'.* greater than or equal to 0$/,
    ],
    [
      'a name that is no stack name',
      'cloudformation',
      'CreateStack',
      { StackName: '*@da' },
      `ValidationError: ${prefix} '*@da' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*`,
    ],
    [
      'an empty name, twice wrong',
      'cloudformation',
      'DeleteStack',
      { StackName: '' },
      /^ValidationError: 2 validation errors detected: Value '' at 'stackName'.*pattern: .*; Value '' at 'stackName' .* greater than or equal to 1$/,
    ],
    [
      'a template of 101 KB',
      'cloudformation',
      'CreateStack',
      { StackName: 'a', TemplateBody: 'x'.repeat(101_000) },
      /at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200$/,
    ],
    [
      'a state that is none',
      'cloudwatch',
      'SetAlarmState',
      { AlarmName: 'a', StateValue: 'INVALID', StateReason: 'x' },
      `ValidationError: ${prefix} 'INVALID' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [OK, ALARM, INSUFFICIENT_DATA]`,
    ],
    [
      'a page that is too large',
      'logs',
      'GetLogEvents',
      { logGroupName: 'g', logStreamName: 's', limit: 10_001 },
      `InvalidParameterException: ${prefix} '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000`,
    ],
    [
      'a retention of 2 days',
      'logs',
      'PutRetentionPolicy',
      { logGroupName: 'g', retentionInDays: 2 },
      /^InvalidParameterException: .*'2' at 'retentionInDays'.*enum value set: \[1, 3, 5, /,
    ],
    [
      'a session name with a colon',
      'sts',
      'AssumeRole',
      { RoleArn: 'arn:aws:iam::111111111111:role/r', RoleSessionName: 'Session1:2' },
      `ValidationError: ${prefix} 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
    ],
    [
      'a rule name with spaces',
      'events',
      'ListTargetsByRule',
      { Rule: 'No Name!' },
      `ValidationException: ${prefix} 'No Name!' at 'rule' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+`,
    ],
    [
      'an event list that is empty',
      'events',
      'PutEvents',
      { Entries: [] },
      `ValidationException: ${prefix} '[]' at 'entries' failed to satisfy constraint: Member must have length greater than or equal to 1`,
    ],
    [
      'a missing attribute in a map',
      'sns',
      'Publish',
      { TopicArn: 't', Message: 'm', MessageAttributes: { attr1: {} } },
      `ValidationError: ${prefix} null at 'messageAttributes.attr1.member.dataType' failed to satisfy constraint: Member must not be null`,
    ],
    [
      'no topic',
      'sns',
      'ListSubscriptionsByTopic',
      {},
      'InvalidParameter: Invalid parameter: TopicArn Reason: no value for required parameter',
    ],
    [
      'a repository in upper case',
      'ecr',
      'DescribeImages',
      { repositoryName: 'A' },
      /^InvalidParameterException: Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '.*''$/,
    ],
    [
      'a role name with a slash',
      'iam',
      'GetRole',
      { RoleName: 'a/b' },
      'ValidationError: The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
    ],
    [
      'a role name that is too long, without its value',
      'iam',
      'GetRole',
      { RoleName: 'a'.repeat(65) },
      "ValidationError: 1 validation error detected: Value at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64",
    ],
    [
      'no application',
      'codedeploy',
      'GetApplication',
      {},
      'ApplicationNameRequiredException: The minimum number of required application names was not specified.',
    ],
    [
      'an application name with a slash',
      'codedeploy',
      'GetApplication',
      { applicationName: 'a/b' },
      'InvalidApplicationNameException: The application name was specified in an invalid format.',
    ],
    [
      'a status that no deployment has',
      'codedeploy',
      'ListDeployments',
      { includeOnlyStatuses: ['Done'] },
      /^InvalidDeploymentStatusException: /,
    ],
    [
      'a hook status that is none',
      'codedeploy',
      'PutLifecycleEventHookExecutionStatus',
      { status: 'Done' },
      /^InvalidLifecycleEventHookExecutionStatusException: /,
    ],
    [
      'a datum without a name',
      'cloudwatch',
      'PutMetricData',
      { Namespace: 'n', MetricData: [{ Value: 1 }] },
      'MissingParameter: The parameter MetricData.member.1.MetricName is required.',
    ],
    [
      'a page of 3 subnets',
      'ec2',
      'DescribeSubnets',
      { MaxResults: 3 },
      /^InvalidParameterValue: Value \( 3 \) for parameter maxResults is invalid/,
    ],
    [
      'a parameter that EC2 does not have',
      'ec2',
      'DescribeVpcs',
      { Colour: 'red' },
      'UnknownParameter: The parameter Colour is not recognized',
    ],
    [
      'a group name that is too long',
      'logs',
      'CreateLogGroup',
      { logGroupName: long },
      'InvalidParameterException: Invalid LogGroup or LogStream, both must have length less than or equal to 512.',
    ],
  ])('%s', (_, service, operation, input, expected) => {
    const received = refusal(service, operation, input);
    if (typeof expected === 'string') expect(received).toBe(expected);
    else expect(received).toMatch(expected);
  });
});

test('a value of a wrong type is named with its place and what is expected; null is no value', () => {
  const check = (input: unknown) => refusal('ecs', 'UpdateService', input);
  expect(check({ service: 'web', desiredCount: '2' })).toBe(
    'SerializationException: desiredCount is "2": expected a number',
  );
  expect(check({ service: 'w', loadBalancers: [{ containerPort: true }] })).toBe(
    'SerializationException: loadBalancers.1.member.containerPort is true: expected a number',
  );
  expect(check({ loadBalancers: { targetGroupArn: 'x' } })).toContain(
    'loadBalancers is {"targetGroupArn":"x"}: expected a list',
  );
  expect(check([])).toContain('the input is []: expected a structure');
  const given = { service: 'w', other: [1], loadBalancers: [{ containerName: 'a', containerPort: null }] };
  expect(validated('ecs', 'UpdateService', given, 'json')).toMatchObject({
    input: { service: 'w', other: [1], loadBalancers: [{ containerName: 'a' }] },
    unknown: ['other'],
  });
});

test('numbers and booleans of a query become such', () => {
  const input = { StackName: 'a', DisableRollback: 'true', TimeoutInMinutes: '5' };
  expect(validated('cloudformation', 'CreateStack', input, 'text').input).toEqual({
    StackName: 'a',
    DisableRollback: true,
    TimeoutInMinutes: 5,
  });
  expect(refusal('cloudformation', 'CreateStack', { StackName: 'a', TimeoutInMinutes: 'x' }, 'text')).toMatch(
    /^MalformedInput/,
  );
});

test("a response with an unknown member, a wrong type or a wrong status is none of AWS's", () => {
  const check = (output: unknown) => () => checkOutput('logs', 'DescribeLogGroups', output);
  expect(check({ logGroups: [{ logGroupName: 'g', creationTime: 1, arn: undefined }] })).not.toThrow();
  expect(check({ logGroups: [{ name: 'g' }] })).toThrow('logGroups[0].name is no member');
  expect(check({ logGroups: [{ logGroupName: 1 }] })).toThrow('logGroups[0].logGroupName is 1: expected text');
  expect(check({ logGroups: [{ logGroupClass: 'BIG' }] })).toThrow('expected one of STANDARD');
});

test('details of a hook are any JSON, in and out', () => {
  const hooks = [{ lifecycleStages: ['PRE_SCALE_UP'], hookDetails: { own: { deep: [1] } } }];
  const deploymentConfiguration = { strategy: 'BLUE_GREEN', lifecycleHooks: hooks };
  const input = { service: 'web', deploymentConfiguration };
  expect(validated('ecs', 'UpdateService', input, 'json')).toEqual({ input, unknown: [], violations: [] });
  const services = [{ serviceName: 'web', deploymentConfiguration }];
  expect(() => checkOutput('ecs', 'DescribeServices', { services })).not.toThrow();
});

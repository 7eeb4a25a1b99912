import { runUnsafeSimulation } from '@cloud-copilot/iam-simulate';
import fc from 'fast-check';
import { evaluate, evaluateTrust } from '../../../../rehearsal/services/iam/evaluate';
import type { RequestContext } from '../../../../rehearsal/core/access';
import type { PolicyDocument, Statement } from '../../../../rehearsal/services/iam/policy';

const lambda = 'arn:aws:lambda:us-east-1:111111111111:function:gate';
const allow = (more: Partial<Statement>): Statement => ({ Effect: 'Allow', Action: '*', Resource: '*', ...more });
const decide = (statements: Statement[], action: string, resource: string, context: RequestContext = {}) =>
  evaluate([{ Version: '2012-10-17', Statement: statements }], { action, resource, context }).result;

describe('evaluate', () => {
  test.each<[string, Statement[], string, RequestContext?]>([
    ['no statement', [], 'implicitDeny'],
    ['an allow', [allow({ Action: 'lambda:InvokeFunction', Resource: lambda })], 'allowed'],
    ['actions are compared without case', [allow({ Action: 'LAMBDA:invoke*' })], 'allowed'],
    ['another action', [allow({ Action: 'lambda:GetFunction' })], 'implicitDeny'],
    ['another resource', [allow({ Resource: `${lambda}2` })], 'implicitDeny'],
    ['a wildcard in the name', [allow({ Resource: 'arn:aws:lambda:*:*:function:g?t*' })], 'allowed'],
    ['a wildcard does not cross fields', [allow({ Resource: 'arn:aws:lambda:us*1111:function:gate' })], 'implicitDeny'],
    ['a pattern with few fields is completed', [allow({ Resource: 'arn:aws:lambda:*' })], 'allowed'],
    ['deny outranks allow', [allow({}), { Effect: 'Deny', Action: 'lambda:*', Resource: '*' }], 'explicitDeny'],
    ['NotAction', [allow({ Action: undefined, NotAction: 'iam:*' })], 'allowed'],
    ['NotAction that names it', [allow({ Action: undefined, NotAction: ['lambda:*'] })], 'implicitDeny'],
    ['NotResource', [allow({ Resource: undefined, NotResource: lambda })], 'implicitDeny'],
    ['a statement without Resource', [allow({ Resource: undefined })], 'implicitDeny'],
    [
      'a variable',
      [allow({ Resource: 'arn:aws:lambda:*:*:function:${aws:PrincipalTag/f}' })],
      'allowed',
      { 'aws:principaltag/f': 'gate' },
    ],
    ['a variable without value', [allow({ Resource: 'arn:aws:lambda:*:*:function:${aws:x}*' })], 'implicitDeny'],
    ['a default', [allow({ Resource: "arn:aws:lambda:*:*:function:${aws:x, 'gate'}" })], 'allowed'],
    [
      'a variable is no wildcard',
      [allow({ Resource: 'arn:aws:lambda:*:*:function:${aws:x}' })],
      'implicitDeny',
      { 'aws:x': '*' },
    ],
    ['${*} is a literal', [allow({ Resource: 'arn:aws:lambda:*:*:function:${*}' })], 'implicitDeny'],
    ['StringEquals', [allow({ Condition: { StringEquals: { k: ['a', 'b'] } } })], 'allowed', { K: 'b' }],
    ['StringEquals without the key', [allow({ Condition: { StringEquals: { k: 'a' } } })], 'implicitDeny'],
    ['...IfExists without the key', [allow({ Condition: { StringEqualsIfExists: { k: 'a' } } })], 'allowed'],
    [
      '...IfExists with another value',
      [allow({ Condition: { StringEqualsIfExists: { k: 'a' } } })],
      'implicitDeny',
      { k: 'b' },
    ],
    ['StringNotEquals without the key', [allow({ Condition: { StringNotEquals: { k: 'a' } } })], 'allowed'],
    [
      'StringNotEquals one of two',
      [allow({ Condition: { StringNotEquals: { k: ['a', 'b'] } } })],
      'implicitDeny',
      { k: 'b' },
    ],
    [
      'every operator must hold',
      [allow({ Condition: { StringLike: { k: 'a*' }, Bool: { s: 'true' } } })],
      'implicitDeny',
      { k: 'ab', s: 'false' },
    ],
    ['ArnLike', [allow({ Condition: { ArnLike: { k: 'arn:aws:lambda:*:*:function:*' } } })], 'allowed', { k: lambda }],
    ['Bool given as a boolean', [allow({ Condition: { Bool: { k: true } } })], 'allowed', { k: 'true' }],
    ['NumericLessThanEquals', [allow({ Condition: { NumericLessThanEquals: { k: 10 } } })], 'allowed', { k: '10' }],
    ['NumericGreaterThan', [allow({ Condition: { NumericGreaterThan: { k: '10' } } })], 'implicitDeny', { k: '10' }],
    [
      'DateLessThan',
      [allow({ Condition: { DateLessThan: { k: '2030-01-01T00:00:00Z' } } })],
      'allowed',
      { k: '2026-01-01T00:00:00Z' },
    ],
    ['IpAddress', [allow({ Condition: { IpAddress: { k: '10.0.0.0/8' } } })], 'allowed', { k: '10.200.3.4' }],
    [
      'NotIpAddress',
      [allow({ Condition: { NotIpAddress: { k: ['10.0.0.0/8'] } } })],
      'implicitDeny',
      { k: '10.200.3.4' },
    ],
    [
      'IpAddress of another family',
      [allow({ Condition: { IpAddress: { k: '10.0.0.0/8' } } })],
      'implicitDeny',
      { k: '::1' },
    ],
    ['IpAddress of one host', [allow({ Condition: { IpAddress: { k: '10.0.0.1' } } })], 'allowed', { k: '10.0.0.1' }],
    [
      'IpAddress, its neighbour',
      [allow({ Condition: { IpAddress: { k: '10.0.0.1' } } })],
      'implicitDeny',
      { k: '10.0.0.0' },
    ],
    ['IpAddress of one host, IPv6', [allow({ Condition: { IpAddress: { k: '::1' } } })], 'allowed', { k: '::1' }],
    ['Null true', [allow({ Condition: { Null: { k: 'true' } } })], 'implicitDeny', { k: 'x' }],
    ['Null false', [allow({ Condition: { Null: { k: 'false' } } })], 'allowed', { k: 'x' }],
    [
      'ForAnyValue',
      [allow({ Condition: { 'ForAnyValue:StringEquals': { k: ['a', 'b'] } } })],
      'allowed',
      { k: ['x', 'b'] },
    ],
    ['ForAnyValue without the key', [allow({ Condition: { 'ForAnyValue:StringEquals': { k: 'a' } } })], 'implicitDeny'],
    [
      'ForAllValues',
      [allow({ Condition: { 'ForAllValues:StringEquals': { k: ['a', 'b'] } } })],
      'implicitDeny',
      { k: ['a', 'x'] },
    ],
    ['ForAllValues without the key', [allow({ Condition: { 'ForAllValues:StringEquals': { k: 'a' } } })], 'allowed'],
  ])('%s', (_name, statements, expected, context = {}) => {
    expect(decide(statements, 'lambda:InvokeFunction', lambda, context)).toBe(expected);
  });

  test('an unknown operator is an error that names it', () => {
    const statement = allow({ Condition: { StringMatches: { k: 'a' } } });
    expect(() => decide([statement], 'ecs:X', '*')).toThrow('StringMatches');
  });
});

describe('against another evaluator', () => {
  const name = fc.stringMatching(/^[ab*?]{1,4}$/);
  const action = fc.constantFrom('s3:GetObject', 's3:Put*', 's3:*', '*', 'ecs:Describe?asks', 'ecs:*');
  const resource = fc.oneof(
    fc.constant('*'),
    name.map((n) => `arn:aws:s3:::${n}`),
    name.map((n) => `arn:aws:ecs:us-*:1*:task/${n}`),
  );
  const values = fc.array(fc.constantFrom('a', 'b', 'a*', '1', '2', 'true', 'false'), { minLength: 1, maxLength: 2 });
  const text = fc.constantFrom(
    'StringEquals',
    'StringNotEquals',
    'StringLike',
    'StringNotLike',
    'StringEqualsIgnoreCase',
    'StringNotEqualsIgnoreCase',
  );
  const operator = fc.oneof(
    text,
    text.map((o) => `${o}IfExists`),
    text.map((o) => `ForAnyValue:${o}`),
    text.map((o) => `ForAllValues:${o}`),
    fc.constant('Null'),
  );
  const key = fc.constantFrom('aws:PrincipalTag/a', 'aws:PrincipalTag/b');
  const condition = operator.chain((o) =>
    fc.tuple(key, o === 'Null' ? fc.constantFrom(['true'], ['false']) : values).map(([k, v]) => ({ [o]: { [k]: v } })),
  );
  const statement: fc.Arbitrary<Statement> = fc
    .tuple(
      fc.constantFrom('Allow' as const, 'Allow' as const, 'Deny' as const),
      fc.array(action, { minLength: 1, maxLength: 2 }),
      fc.boolean(),
      fc.array(resource, { minLength: 1, maxLength: 2 }),
      fc.boolean(),
      fc.option(condition, { nil: undefined }),
    )
    .map(([Effect, actions, notAction, resources, notResource, Condition]) => ({
      Effect,
      ...(notAction ? { NotAction: actions } : { Action: actions }),
      ...(notResource ? { NotResource: resources } : { Resource: resources }),
      ...(Condition && { Condition }),
    }));
  const request = fc.record({
    action: fc.constantFrom('s3:GetObject', 's3:PutObject', 'ecs:DescribeTasks'),
    resource: fc.constantFrom('arn:aws:s3:::a', 'arn:aws:s3:::ab', 'arn:aws:ecs:us-east-1:111111111111:task/b'),
    context: fc.record(
      { 'aws:PrincipalTag/a': fc.constantFrom('a', 'b', 'A', '1'), 'aws:PrincipalTag/b': fc.constantFrom('a', 'ab') },
      { requiredKeys: [] },
    ),
  });

  test('decides the same for generated policies', () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 3 }), request, (statements, { action, resource, context }) => {
        const policy: PolicyDocument = { Version: '2012-10-17', Statement: statements };
        const oracle = runUnsafeSimulation(
          {
            request: {
              principal: 'arn:aws:iam::111111111111:role/r',
              action,
              resource: { resource, accountId: '111111111111' },
              contextVariables: { ...context },
            },
            identityPolicies: [{ name: 'p', policy }],
            serviceControlPolicies: [],
            resourceControlPolicies: [],
          },
          {},
        );
        const expected = { Allowed: 'allowed', ExplicitlyDenied: 'explicitDeny', ImplicitlyDenied: 'implicitDeny' }[
          oracle
        ];
        expect(evaluate([policy], { action, resource, context }).result).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('evaluateTrust', () => {
  const trust = (Principal: Statement['Principal'], more: Partial<Statement> = {}): PolicyDocument => ({
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal, ...more }],
  });
  const user = 'arn:aws:iam::111111111111:user/deployer';
  const degree = (policy: PolicyDocument, principal: string, context = {}) =>
    evaluateTrust(policy, { action: 'sts:AssumeRole', principal, accountId: '111111111111', context });

  test.each<[string, PolicyDocument, string, string]>([
    [
      'the service',
      trust({ Service: ['ecs.amazonaws.com', 'codedeploy.amazonaws.com'] }),
      'codedeploy.amazonaws.com',
      'trusted',
    ],
    ['another service', trust({ Service: 'ecs.amazonaws.com' }), 'codedeploy.amazonaws.com', 'untrusted'],
    ['the account', trust({ AWS: 'arn:aws:iam::111111111111:root' }), user, 'delegated'],
    ['the account by id', trust({ AWS: '111111111111' }), user, 'delegated'],
    ['another account', trust({ AWS: 'arn:aws:iam::222222222222:root' }), user, 'untrusted'],
    ['the principal itself', trust({ AWS: user }), user, 'trusted'],
    ['a service is not of the account', trust({ AWS: '111111111111' }), 'ecs.amazonaws.com', 'untrusted'],
  ])('%s', (_name, policy, principal, expected) => {
    expect(degree(policy, principal)).toBe(expected);
  });

  test('a condition that does not hold', () => {
    const policy = trust({ AWS: user }, { Condition: { Null: { 'sts:ExternalId': 'true' } } });
    expect(degree(policy, user, { 'sts:ExternalId': 'x' })).toBe('untrusted');
    expect(degree(policy, user)).toBe('trusted');
  });
});

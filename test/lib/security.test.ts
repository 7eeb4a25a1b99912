import { newStack, ofType, serviceIn, statements, templateOf } from './support';
import { nonEmpty } from '../support/non-empty';

/** Who may use the roles of a stack, and what outlives it. */

interface Trust {
  readonly Statement: readonly { readonly Principal: { readonly Service: string }; readonly Condition?: unknown }[];
}

test('no other account can make CodeDeploy, Step Functions or ECS use a role of the stack', () => {
  const stack = newStack();
  serviceIn(stack);
  const trusts = ofType(stack, 'AWS::IAM::Role').flatMap(
    ([, { Properties }]) => (Properties.AssumeRolePolicyDocument as unknown as Trust).Statement,
  );
  const limited = trusts.filter(({ Principal }) => Principal.Service !== 'lambda.amazonaws.com');
  expect(limited.map(({ Principal }) => Principal.Service).sort()).toEqual([
    'codedeploy.amazonaws.com',
    'ecs-tasks.amazonaws.com',
    'ecs-tasks.amazonaws.com',
    'states.amazonaws.com',
  ]);
  for (const { Condition } of nonEmpty(limited))
    expect(Condition).toEqual({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } });
});

test('verdicts, releases and the service’s own log outlive the stack, but not a stack that was never made', () => {
  const stack = newStack();
  serviceIn(stack);
  const policies = Object.entries(templateOf(stack).Resources)
    .filter(([, { Type }]) => Type === 'AWS::Logs::LogGroup')
    .map(([id, resource]) => [
      id.replace(/[0-9A-F]{8}$/, ''),
      (resource as { DeletionPolicy?: string }).DeletionPolicy,
    ]);
  expect(Object.fromEntries(policies)).toEqual({
    GreenlightGateLogs: 'RetainExceptOnCreate',
    GreenlightReleaseLogs: 'RetainExceptOnCreate',
    GreenlightLiveRouteLogs: 'Delete',
    WebLogs: 'Retain',
  });
});

test('no role may list deployment targets, which nothing does', () => {
  const stack = newStack();
  serviceIn(stack);
  expect(JSON.stringify(statements(stack))).not.toContain('ListDeploymentTargets');
});

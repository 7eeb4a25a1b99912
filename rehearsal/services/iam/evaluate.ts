import { conditionsHold } from './conditions';
import { arnMatch, plain, substitute, wildcardMatch } from './match';
import type { RequestContext } from '../../core/access';
import { many, type PolicyDocument, type PrincipalElement, type Statement } from './policy';

export interface AccessRequest {
  /** `ecs:CreateTaskSet`. */
  readonly action: string;
  /** An ARN, or `*` for actions without a resource. */
  readonly resource: string;
  readonly context: RequestContext;
}

export interface Decision {
  readonly result: 'allowed' | 'implicitDeny' | 'explicitDeny';
  /** The statement that decided; none for an implicit deny. */
  readonly statement?: Statement;
}

/**
 * Identity-based policies of one principal: an explicit deny outranks any allow, and without an allow it is a deny.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(policies: readonly PolicyDocument[], request: AccessRequest): Decision {
  return decide(
    policies.flatMap((policy) => many(policy.Statement)),
    (statement) => applies(statement, request),
  );
}

function decide(statements: readonly Statement[], matches: (statement: Statement) => boolean): Decision {
  const matching = statements.filter(matches);
  const denying = matching.find((statement) => statement.Effect === 'Deny');
  if (denying) return { result: 'explicitDeny', statement: denying };
  const [allowing] = matching;
  return allowing ? { result: 'allowed', statement: allowing } : { result: 'implicitDeny' };
}

function applies(statement: Statement, request: AccessRequest): boolean {
  return (
    actionMatches(statement, request.action) &&
    resourceMatches(statement, request) &&
    conditionsHold(statement.Condition, request.context)
  );
}

function actionMatches(statement: Statement, action: string): boolean {
  const listed = (actions: Statement['Action']) =>
    many(actions).some((pattern) => wildcardMatch(pattern, action, { ignoreCase: true }));
  return statement.NotAction !== undefined ? !listed(statement.NotAction) : listed(statement.Action);
}

function resourceMatches(statement: Statement, request: AccessRequest): boolean {
  const listed = (resources: Statement['Resource']) =>
    many(resources).some((pattern) => {
      const substituted = substitute(pattern, request.context);
      return substituted !== undefined && arnMatch(substituted, request.resource);
    });
  if (statement.NotResource !== undefined) return !listed(statement.NotResource);
  return listed(statement.Resource);
}

export interface TrustRequest {
  readonly action: string;
  /** ARN of a user or role, or a service principal such as `codedeploy.amazonaws.com`. */
  readonly principal: string;
  readonly accountId: string;
  readonly context: RequestContext;
}

/**
 * A role's trust policy. `delegated` trusts the principal's account, so the principal's own policies must allow the
 * action too; `trusted` names the principal itself.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function evaluateTrust(policy: PolicyDocument, request: TrustRequest): 'trusted' | 'delegated' | 'untrusted' {
  const inForce = many(policy.Statement).filter(
    (statement) => actionMatches(statement, request.action) && conditionsHold(statement.Condition, request.context),
  );
  const degrees = inForce.map((statement) => ({ statement, degree: degreeOf(statement.Principal, request) }));
  if (degrees.some(({ statement, degree }) => statement.Effect === 'Deny' && degree !== 'untrusted'))
    return 'untrusted';
  const allowed = degrees.filter(({ statement }) => statement.Effect === 'Allow').map(({ degree }) => degree);
  if (allowed.includes('trusted')) return 'trusted';
  return allowed.includes('delegated') ? 'delegated' : 'untrusted';
}

/**
 * A resource's own policy. It allows whom it names; one that names the account leaves the decision to the caller's own
 * policies. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 */
export function evaluateResourcePolicy(policy: PolicyDocument, request: TrustRequest & AccessRequest): Decision {
  return decide(many(policy.Statement), (statement) => {
    const degree = degreeOf(statement.Principal, request);
    const isMeant = statement.Effect === 'Deny' ? degree !== 'untrusted' : degree === 'trusted';
    return isMeant && applies(statement, request);
  });
}

function degreeOf(element: PrincipalElement | undefined, request: TrustRequest): 'trusted' | 'delegated' | 'untrusted' {
  if (element === '*') return 'trusted';
  if (element === undefined) return 'untrusted';
  const service = many(element['Service']).map((name) => plain(name));
  if (service.includes(request.principal)) return 'trusted';
  const aws = many(element['AWS']).map(String);
  if (aws.includes('*') || aws.includes(request.principal)) return 'trusted';
  const [arn, , , , accountId = ''] = request.principal.split(':');
  // In whichever partition: the deployer's keys are good in all of them.
  const names = (name: string) => name.replace(/^arn:aws[a-z-]*:iam::(\d{12}):root$/, '$1') === accountId;
  return arn === 'arn' && aws.some(names) ? 'delegated' : 'untrusted';
}

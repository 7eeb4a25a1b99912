import { describeError, nameOf } from '../../common/errors';
import { isAccessDenied } from '../../aws/calls';

/**
 * One line for people: what AWS said, and for what nobody can guess, what it means and what to do. New accounts are refused
 * by CodeDeploy until they are verified.
 */
export function explain(error: unknown): string {
  const message = describeError(error);
  if (nameOf(error) === 'SubscriptionRequiredException') {
    return (
      `${message}: this AWS account has no access to CodeDeploy, as new accounts do not until AWS has verified them: ` +
      'finish the sign-up (payment method and phone number), wait up to 24 hours, or ask AWS Support to enable CodeDeploy, then deploy again'
    );
  }
  if (!isAccessDenied(error)) return message;
  return `${message}: denied for longer than IAM needs to settle: add the permission to that role, or find the boundary or service control policy that denies it, then deploy again`;
}

/** Asking again changes nothing. Calls that IAM denies are repeated for a minute before they fail. */
export function isFinal(error: unknown): boolean {
  return isAccessDenied(error) || nameOf(error) === 'SubscriptionRequiredException';
}

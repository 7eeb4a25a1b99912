/** How long a release inside `cdk deploy` can take: pure arithmetic. */

export interface BudgetTerm {
  /** What takes the time: `shift of 10 % every 5 min`. */
  readonly name: string;
  readonly minutes: number;
}

/**
 * CloudFormation waits an hour at most for a custom resource.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-customresource.html
 */
export const RELEASE_LIMIT_MINUTES = 60;

/** @returns the error when the terms together pass the limit: every term, the sum, the limit and the remedy */
export function budgetProblem(terms: readonly BudgetTerm[]): string | undefined {
  const sum = terms.reduce((minutes, term) => minutes + term.minutes, 0);
  if (sum <= RELEASE_LIMIT_MINUTES) return undefined;
  const listed = terms.map((term) => `${term.name} ${term.minutes} min`).join(', ');
  return (
    `${listed}: together ${sum} min; a release inside cdk deploy has ${RELEASE_LIMIT_MINUTES} min at most: ` +
    'shift faster (a shorter interval, a larger percent), or lower startTimeLimit, smokeTimeLimit, bakeCheckTime or ' +
    'approval.timeLimit'
  );
}

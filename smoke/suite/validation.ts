import { isRecord } from '../../common/json/values';
import { type Problem, problemAt, problemsOf, type Report } from '../../common/schema/problems';
import type { Suite } from './model';
import { verifyRules } from './rules';
import { suite as schema } from './schema/suite';

const NAME = 'the suite';

/** Every problem of a suite; empty if it is valid. Never throws, whatever the value is. */
export function suiteProblems(suite: unknown): readonly Problem[] {
  const problems = [...problemsOf(schema, suite, NAME)];
  const report: Report = (path, value, allowed) => problems.push(suiteProblem(path, value, allowed));
  if (isRecord(suite) && Array.isArray(suite.checks)) verifyRules(suite, report);
  return problems.sort((one, other) => (checkIndex(one) ?? -1) - (checkIndex(other) ?? -1));
}

export function suiteProblem(...[path, value, allowed]: Parameters<Report>): Problem {
  return problemAt(path, value, allowed, NAME);
}

/** Problems of one check are next to each other. */
function checkIndex({ path }: Problem): number | undefined {
  return path[0] === 'checks' && typeof path[1] === 'number' ? path[1] : undefined;
}

/** Every problem of a suite in code, each with place, value and what is allowed. */
export function validateSuite(suite: Suite): string[] {
  const content = Object.entries(isRecord(suite) ? suite : {}).filter(([key]) => key !== 'file' && key !== 'places');
  return suiteProblems({ version: 1, ...Object.fromEntries(content) }).map(({ text }) => text);
}

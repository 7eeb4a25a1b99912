import { PlanError } from '../../../rehearsal/runner/plan/plan';
import { parsePlan } from '../../../rehearsal/runner/plan/read';

/** What is wrong with the text of a rehearsal file, one message for each problem. */
export function problemsOf(text: string): readonly string[] {
  try {
    parsePlan(text, 'r.yaml');
  } catch (error) {
    if (error instanceof PlanError) return error.messages;
    throw error;
  }
  return [];
}

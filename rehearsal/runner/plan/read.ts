import { DocumentError, parseDocumentText, type PlacedDocument, readDocument } from '../../../common/document';
import { describeIssues, type Problem } from '../../../common/schema/problems';
import { plainWords } from '../../../common/schema/words';
import { type Plan, PlanError, planSchema } from './plan';

const ADVICE = '`greenlight rehearse --init` writes one for the CDK app in this folder, --file names another';

/** How many problems are reported. Others are only counted. */
const PROBLEMS_MAX = 20;

/** @throws PlanError with file, line and column of every problem, or the reason why the file cannot be read */
export function readPlan(file: string): Plan {
  return planOf(file, () => readDocument(file, ADVICE));
}

/** @param file names the text in problems. @throws PlanError */
export function parsePlan(text: string, file: string): Plan {
  return planOf(file, () => parseDocumentText(text, file));
}

function planOf(file: string, read: () => PlacedDocument): Plan {
  let document: PlacedDocument;
  try {
    document = read();
  } catch (error) {
    throw error instanceof DocumentError ? new PlanError(error.problems) : error;
  }
  const { content } = document;
  const result = planSchema.safeParse(content, { error: plainWords });
  if (result.success) return result.data;
  const problems = describeIssues(result.error.issues, planSchema, content, 'the rehearsal file');
  const offsetOf = ({ path, isKey }: Problem) => document.offsetOf(path, isKey ? 'key' : 'value');
  const inOrder = problems
    .map((problem) => ({ problem, at: offsetOf(problem) }))
    .sort((one, other) => one.at - other.at);
  const texts = inOrder.map(({ problem, at }) => `${file}:${document.lineOf(at)}: ${problem.text}`);
  const more = texts.length - PROBLEMS_MAX;
  throw new PlanError(more > 0 ? [...texts.slice(0, PROBLEMS_MAX), `${file}: and ${more} more`] : texts);
}

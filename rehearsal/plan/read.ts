import { readFileSync } from 'node:fs';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type Plan, PlanError, planSchema } from './plan';

/** @throws PlanError naming file, line and column of every mistake, or saying why the file cannot be read */
export function readPlan(file: string): Plan {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw new PlanError([`${file}: ${why}; name one with --file, docs/rehearsal.md shows its format`]);
  }
  return parsePlan(text, file);
}

/** @throws PlanError */
export function parsePlan(text: string, file: string): Plan {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new PlanError(document.errors.map((error) => `${place(file, lines, error.pos[0])}: ${error.message}`));
  }
  const result = planSchema.safeParse(document.toJS());
  if (result.success) return result.data;
  throw new PlanError(
    result.error.issues
      .flatMap(closest)
      .flatMap((issue) => describe(issue, document).map(([at, what]) => `${place(file, lines, at)}: ${what}`)),
  );
}

/** Of a value that may have several forms, the mistakes in the form that it comes closest to. */
function closest(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const inside = issue.errors.find((issues) => issues.every(({ path }) => path.length > 0));
  const form = inside ?? issue.errors.find((issues) => issues.every(({ code }) => code !== 'invalid_type'));
  if (!form) return [issue];
  return form.flatMap((each) => closest({ ...each, path: [...issue.path, ...each.path] }));
}

function describe(issue: z.core.$ZodIssue, document: Document): [number, string][] {
  const name = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => [
      offsetOf(document, [...issue.path, key]),
      `${name ? `${name}.` : ''}${key} is not a field of the rehearsal file`,
    ]);
  }
  const value: unknown = document.getIn(issue.path);
  const shown =
    value === undefined ? 'is missing' : isNode(value) ? 'has the wrong form' : `is ${JSON.stringify(value)}`;
  return [[offsetOf(document, issue.path), `${name || 'the file'} ${shown}: ${issue.message}`]];
}

/** Where the value at `path` stands; for a missing one, where its nearest parent does. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function place(file: string, lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${file}:${line}:${col}`;
}

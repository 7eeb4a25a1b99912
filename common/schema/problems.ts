import type { z } from 'zod';
import { didYouMean } from '../document/nearest';
import { stringifyJson } from '../json/parse';
import { type Path, pathText } from '../path-text';
import { shorten } from '../text';
import { fieldsAt, type JsonSchema, jsonSchemaOf } from './json-schema';
import { MAP_OF_FIELDS, plainWords } from './words';

type Issue = z.core.$ZodIssue;

/** What is wrong at a place of a document: the value there, and what is allowed. */
export interface Problem {
  readonly path: Path;
  /** Whether it is the key that is wrong, not its value. */
  readonly isKey: boolean;
  readonly text: string;
}

/** Collects problems that a schema cannot express. */
export type Report = (path: Path, value: unknown, allowed: string) => void;

/**
 * Every problem of a document, one for each place. Never throws, whatever the document is.
 * @param name what the document is called in problems, such as `the suite`
 */
export function problemsOf(schema: z.ZodType, content: unknown, name: string): readonly Problem[] {
  const result = schema.safeParse(content, { error: plainWords });
  return result.success ? [] : describeIssues(result.error.issues, schema, content, name);
}

/** The issues of a document that was parsed with `plainWords`. */
export function describeIssues(
  issues: readonly Issue[],
  schema: z.ZodType,
  content: unknown,
  name: string,
): readonly Problem[] {
  const describer = new Describer(jsonSchemaOf(schema), content, name);
  const problems = issues.flatMap((issue) => describer.describe(issue, []));
  // One problem for each place: the first rule that its value breaks.
  const first = new Map<string, Problem>();
  for (const problem of problems) {
    const place = pathText(problem.path);
    if (!first.has(place)) first.set(place, problem);
  }
  return [...first.values()];
}

/** `checks[2].expect.status is 99: a status code from 100 to 599` */
export function problemAt(path: Path, value: unknown, allowed: string, name: string): Problem {
  return { path, isKey: false, text: `${placeName(path, name)} is ${valueText(value)}: ${allowed}` };
}

class Describer {
  public constructor(
    private readonly schema: JsonSchema,
    private readonly content: unknown,
    private readonly name: string,
  ) {}

  public describe(issue: Issue, parent: Path): readonly Problem[] {
    const path = [...parent, ...issue.path];
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => this.unknownField(path, key));
    if (issue.code === 'invalid_key') return [this.wrongKey(path, issue.issues)];
    if (issue.code === 'invalid_union') {
      const branch = bestBranch(issue.errors);
      if (branch) return branch.flatMap((each) => this.describe(each, path));
    }
    return [problemAt(path, valueAt(this.content, path), issue.message + this.fieldsOf(issue, path), this.name)];
  }

  private wrongKey(path: Path, issues: readonly Issue[]): Problem {
    const [first] = issues;
    const key = String(path.at(-1));
    // One of a list of names, or a name of the author's own in the wrong form.
    if (!first || first.code === 'invalid_value') return this.unknownField(path.slice(0, -1), key);
    return { ...problemAt(path, key, first.message, this.name), isKey: true };
  }

  private unknownField(path: Path, key: string): Problem {
    const fields = fieldsAt(this.schema, path);
    const use = fields.length > 0 ? `; use ${fields.join(', ')}` : '';
    const here = [...path, key];
    const allowed = `unknown field${didYouMean(key, fields)}${use}`;
    return { ...problemAt(here, valueAt(this.content, here), allowed, this.name), isKey: true };
  }

  /** The fields of the map that a place should have. */
  private fieldsOf(issue: Issue, path: Path): string {
    if (issue.code !== 'invalid_type' || !issue.message.includes(MAP_OF_FIELDS)) return '';
    return ` (${fieldsAt(this.schema, path).join(', ')})`;
  }
}

/** Of several forms the one that the value comes closest to: of the right kind, and wrong in its parts only. */
function bestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const inside = branches.find((issues) =>
    issues.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  return (
    inside ?? branches.find((issues) => issues.every(({ code, path }) => path.length > 0 || code !== 'invalid_type'))
  );
}

function placeName(path: Path, name: string): string {
  return path.length === 0 ? name : pathText(path);
}

const VALUE_LENGTH_MAX = 80;

/** The value as a problem shows it. */
export function valueText(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'empty';
  // JSON has no infinity, which YAML has.
  if (typeof value === 'number') return String(value);
  try {
    return shorten(stringifyJson(value), VALUE_LENGTH_MAX);
  } catch {
    // A value in code may contain itself.
    return typeof value;
  }
}

function valueAt(content: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? (value as Record<PropertyKey, unknown>)[part]
        : undefined,
    content,
  );
}

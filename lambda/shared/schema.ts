/** Schemas of what a handler is configured with. Their error messages are the text after the colon: what is expected. */
import * as z from 'zod/mini';

const NOT_EMPTY = 'a text that is not empty';
/** What nobody needs to read of a value that is missing: the form of a text, and zod's own message. */
const OBVIOUS = [NOT_EMPTY, 'Invalid input'];

/** A text that is not empty. */
export function text(expected = NOT_EMPTY) {
  return z.string(expected).check(z.minLength(1, expected));
}

/** A number above 0 as text, as CloudFormation and environment variables pass numbers. */
export function positive(expected = 'a number above 0') {
  return z.string(expected).check(z.refine((value) => Number(value) > 0 && Number(value) < Infinity, expected));
}

/** JSON text of what `schema` describes. */
export function json<T>(schema: z.ZodMiniType<T>, expected: string) {
  return z.pipe(
    z.string(expected),
    z.transform((value, context): T => {
      const result = z.safeParse(schema, parse(value));
      if (result.success) return result.data;
      context.issues.push({ code: 'custom', input: value, message: expected });
      return z.NEVER;
    }),
  );
}

/** @throws Error that names every problem: `invalid <what>: <name> is <value>: <expected>; ...` */
export function readAs<T>(what: string, schema: z.ZodMiniType<T>, value: unknown): T {
  const result = z.safeParse(schema, value, { reportInput: true });
  if (result.success) return result.data;
  throw new Error(`invalid ${what}: ${result.error.issues.map(problemOf).join('; ')}`);
}

function problemOf({ path, input, message }: z.core.$ZodIssue): string {
  const isMissing = input === undefined || input === '';
  const problem = `${path.map(String).join('.')} is ${isMissing ? 'missing' : JSON.stringify(input)}`;
  return isMissing && OBVIOUS.includes(message) ? problem : `${problem}: ${message}`;
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

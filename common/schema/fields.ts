import { z } from 'zod';
import { ExactNumber, type Numeric } from '../json/exact-number';

/** Kinds of fields in the files that people write. Each says what is allowed: to people by its message, to editors by its JSON Schema. */

export interface TextOptions {
  /** The longest text, in code points as JSON Schema counts them. Default 100000. */
  readonly lengthMax?: number;
  /** Whether a text of spaces, or of nothing, is allowed. Default false. */
  readonly isBlankAllowed?: boolean;
  /** Default: at least one character that is no space. */
  readonly pattern?: RegExp;
  /** @returns what is wrong, where a regular expression cannot say it */
  readonly problemOf?: (text: string) => string | undefined;
}

export function text(allowed: string, options: TextOptions = {}): z.ZodString {
  const { lengthMax = 100_000, isBlankAllowed = false, pattern, problemOf = () => undefined } = options;
  const isShort = (given: string) => given.length <= lengthMax || [...given].length <= lengthMax;
  const anything = z
    .string({ error: allowed })
    .refine(isShort, { error: `${lengthMax} characters at most` })
    .meta({ maxLength: lengthMax });
  const form = pattern ?? (isBlankAllowed ? undefined : /\S/);
  const formed = form ? anything.regex(form, { error: allowed }) : anything;
  return formed.check(reporting(problemOf));
}

/** A check whose message depends on the value. */
export function reporting<T>(problemOf: (value: T) => string | undefined) {
  return ({ value, issues }: z.core.ParsePayload<T>): void => {
    const message = problemOf(value);
    if (message !== undefined) issues.push({ code: 'custom', message, input: value });
  };
}

export function integer(allowed: string, min: number, max: number) {
  return z.number({ error: allowed }).int().min(min).max(max);
}

export function decimal(allowed: string, min: number, max: number) {
  return z.number({ error: allowed }).min(min).max(max);
}

export function list<Entry extends z.ZodType>(allowed: string, entry: Entry, min: number, max: number) {
  return z
    .array(entry, { error: allowed })
    .min(min)
    .max(max, {
      error: ({ input }) => `${(input as readonly unknown[]).length} entries are too many: ${max} at most`,
    });
}

/** A map whose keys its author chooses. */
export function map<Entry extends z.ZodType>(allowed: string, keys: RegExp, keysAllowed: string, entry: Entry) {
  const key = z.string().regex(keys, { error: keysAllowed });
  return z.preprocess(withoutPrototype, z.record(key, entry, { error: allowed }));
}

/** A map whose keys are any text. */
export function freeMap<Entry extends z.ZodType>(entry: Entry) {
  return z.preprocess(withoutPrototype, z.record(z.string().min(1), entry));
}

/** The library leaves this key out without a word. */
function withoutPrototype(value: unknown, context: z.RefinementCtx): unknown {
  const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__');
  if (isThere) context.addIssue({ code: 'custom', path: ['__proto__'], message: 'choose another name' });
  return value;
}

/** A map of these fields and no others. */
export function object<Fields extends z.ZodRawShape>(allowed: string, fields: Fields) {
  const error: z.core.$ZodErrorMap = ({ code }) => (code === 'unrecognized_keys' ? undefined : allowed);
  return z.preprocess(asNumber, z.strictObject(fields, { error }));
}

/** A map of exactly one of these fields. */
export function choice<Fields extends z.ZodRawShape>(allowed: string, fields: Fields) {
  const error: z.core.$ZodErrorMap = ({ code }) => (code === 'unrecognized_keys' ? undefined : allowed);
  const isOne = (value: object) => Object.values(value).filter((each) => each !== undefined).length === 1;
  // Next to problems of the fields, too; one whose name is wrong may be the one that was meant.
  const when = ({ value, issues }: z.core.ParsePayload) =>
    typeof value === 'object' && value !== null && issues.every(({ code }) => code !== 'unrecognized_keys');
  const one = z
    .strictObject(fields, { error })
    .refine(isOne, { error: allowed, when })
    .meta({ minProperties: 1, maxProperties: 1 });
  return z.preprocess(asNumber, one);
}

/** A number with all its digits. */
export function numeric(allowed: string): z.ZodType<Numeric> {
  return z.preprocess(asNumber, z.number({ error: allowed }));
}

/** An exact number is an object to JavaScript, and must not be taken for one of the file. A bigint is how code writes it. */
function asNumber(value: unknown): unknown {
  return value instanceof ExactNumber || typeof value === 'bigint' ? Number(value) : value;
}

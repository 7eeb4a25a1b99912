/** Whether an event is what a rule waits for: pure. */

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html */
export interface Pattern {
  readonly [field: string]: Pattern | readonly unknown[];
}

type Filter = (value: unknown) => boolean;

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
const OPERATORS: Readonly<Record<string, (operand: unknown) => Filter>> = {
  prefix: (operand) => (value) => typeof value === 'string' && value.startsWith(String(operand)),
  suffix: (operand) => (value) => typeof value === 'string' && value.endsWith(String(operand)),
  'anything-but': (operand) => (value) => value !== undefined && !listed(operand).includes(value),
  exists: (operand) => (value) => (value !== undefined) === operand,
};

/** @throws Error for what is no pattern, or has an operator that the rehearsal does not know */
export function checkPattern(pattern: unknown, path = 'the event pattern'): asserts pattern is Pattern {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) {
    throw new Error(`Event pattern is not valid. Reason: ${path} must be an object with a field`);
  }
  for (const [field, wanted] of Object.entries(pattern)) {
    if (Array.isArray(wanted)) wanted.forEach((each) => filterOf(each));
    else checkPattern(wanted, `"${field}"`);
  }
}

/** Every field of the pattern must match; in a list, one value is enough. An event's own list matches by any of its values. */
export function matches(pattern: Pattern, event: unknown): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    const value = isObject(event) ? event[field] : undefined;
    if (!isList(wanted)) return matches(wanted, value);
    const given = Array.isArray(value) ? (value as unknown[]) : [value];
    return wanted.some((each) => given.some(filterOf(each)));
  });
}

function filterOf(wanted: unknown): Filter {
  if (!isObject(wanted)) return (value) => value === wanted;
  const [[name, operand] = ['', undefined], ...more] = Object.entries(wanted);
  const operator = OPERATORS[name];
  if (!operator || more.length > 0) {
    throw new Error(
      `Event pattern is not valid. Reason: ${JSON.stringify(wanted)}: the rehearsal supports ${Object.keys(OPERATORS).join(', ')}`,
    );
  }
  return operator(operand);
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const listed = (value: unknown): readonly unknown[] => (isList(value) ? value : [value]);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

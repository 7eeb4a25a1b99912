/**
 * The intrinsic functions that need no library, by name.
 * https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
 */
const FUNCTIONS: Readonly<Record<string, (...values: unknown[]) => unknown>> = {
  'States.Format': (template, ...values) => {
    let next = 0;
    return String(template).replace(/\{\}/g, () => asText(values[next++]));
  },
  'States.StringToJson': (text) => JSON.parse(String(text)) as unknown,
  'States.JsonToString': (value) => JSON.stringify(value),
  'States.Array': (...values) => values,
  'States.ArrayGetItem': (array, index) => (array as unknown[])[Number(index)],
  'States.ArrayLength': (array) => (array as unknown[]).length,
  'States.MathAdd': (a, b) => Number(a) + Number(b),
};

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * Evaluates `States.Format('{} of {}', $.a, 3)`; arguments may be paths, literals or further calls.
 *
 * @throws Error when the expression cannot be read or names a function that is not rehearsed
 */
export function intrinsic(expression: string, read: (path: string) => unknown): unknown {
  const reader = new Reader(expression, read);
  const value = reader.value();
  reader.end();
  return value;
}

class Reader {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly read: (path: string) => unknown,
  ) {}

  value(): unknown {
    const name = this.match(/\s*(States\.\w+)\s*\(/y);
    if (name) return this.call(name);
    const quoted = this.match(/\s*'((?:[^'\\]|\\.)*)'/y);
    if (quoted !== undefined) return quoted.replace(/\\(.)/g, '$1');
    const path = this.match(/\s*(\$[^\s,()]*)/y);
    if (path) return this.read(path);
    const literal = this.match(/\s*(-?\d+(?:\.\d+)?|true|false|null)/y);
    if (literal !== undefined) return JSON.parse(literal) as unknown;
    throw this.error();
  }

  end(): void {
    if (this.text.slice(this.at).trim() !== '') throw this.error();
  }

  private call(name: string): unknown {
    const values: unknown[] = [];
    while (this.match(/\s*(\))/y) === undefined) {
      if (values.length > 0 && this.match(/\s*(,)/y) === undefined) throw this.error();
      values.push(this.value());
    }
    const apply = FUNCTIONS[name];
    if (!apply) throw new Error(`${name} is not rehearsed`);
    return apply(...values);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found?.[1];
  }

  private error(): Error {
    return new Error(`cannot read ${this.text} from character ${this.at + 1}`);
  }
}

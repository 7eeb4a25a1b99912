/**
 * JSON filter patterns: `{ ($.kind = "x" || $.n >= 3) && $.user.name != "a*" && $.gone NOT EXISTS }`.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html#matching-terms-json-log-events
 */
export type JsonMatcher = (value: unknown) => boolean;

const TOKEN =
  /\s*(&&|\|\||!=|<=|>=|[=<>(){}]|"(?:[^"\\]|\\.)*"|%[^%]*%|\$(?:\.[\w$@-]+|\[\s*(?:\d+|\*|'[^']*'|"[^"]*")\s*\])*|[^\s=<>!&|(){}"]+)/y;

/** @throws Error naming the place that could not be read */
export function parseJsonPattern(text: string): JsonMatcher {
  const parser = new Parser(tokenize(text), text);
  parser.expect('{');
  const matcher = parser.either();
  parser.expect('}');
  parser.expect(undefined);
  return matcher;
}

function tokenize(text: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new Error(`filter pattern ${text}: cannot read it from character ${at + 1}`);
    tokens.push(token);
  }
  return tokens;
}

class Parser {
  private position = 0;

  constructor(
    private readonly tokens: readonly string[],
    private readonly text: string,
  ) {}

  /** `undefined` expects the end. */
  expect(token: string | undefined): void {
    if (this.tokens[this.position] !== token) this.fail(token ?? 'the end');
    this.position += 1;
  }

  either(): JsonMatcher {
    const left = this.both();
    if (!this.take('||')) return left;
    const right = this.either();
    return (value) => left(value) || right(value);
  }

  private both(): JsonMatcher {
    const left = this.condition();
    if (!this.take('&&')) return left;
    const right = this.both();
    return (value) => left(value) && right(value);
  }

  private condition(): JsonMatcher {
    if (this.take('(')) {
      const inner = this.either();
      this.expect(')');
      return inner;
    }
    const selector = this.next('a property selector such as $.name');
    if (!selector.startsWith('$')) this.fail('a property selector such as $.name', -1);
    const path = selectorPath(selector);
    const operator = this.next('an operator');
    if (operator === 'IS') return this.is(path);
    if (operator === 'NOT') {
      this.expect('EXISTS');
      return (value) => select(value, path).length === 0;
    }
    const compare = comparison(operator, this.next('a value'));
    if (!compare) this.fail('one of = != < <= > >= IS NOT', -2);
    return (value) => compare(select(value, path));
  }

  private is(path: readonly string[]): JsonMatcher {
    const word = this.next('TRUE, FALSE or NULL');
    const wanted = { TRUE: true, FALSE: false, NULL: null }[word];
    if (wanted === undefined) this.fail('TRUE, FALSE or NULL', -1);
    return (value) => select(value, path).some((found) => found === wanted);
  }

  private take(token: string): boolean {
    if (this.tokens[this.position] !== token) return false;
    this.position += 1;
    return true;
  }

  private next(expected: string): string {
    const token = this.tokens[this.position];
    if (token === undefined || token === '}') this.fail(expected);
    this.position += 1;
    return token;
  }

  private fail(expected: string, offset = 0): never {
    const found = this.tokens[this.position + offset] ?? 'the end';
    throw new Error(`filter pattern ${this.text}: expected ${expected}, found ${found}`);
  }
}

function selectorPath(selector: string): readonly string[] {
  return [...selector.matchAll(/\.([\w$@-]+)|\[\s*(?:'([^']*)'|"([^"]*)"|(\d+|\*))\s*\]/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? match[4] ?? '',
  );
}

/** The values at a path: none when it does not exist, several through `[*]`. */
function select(value: unknown, path: readonly string[]): readonly unknown[] {
  const [key, ...rest] = path;
  if (key === undefined) return [value];
  if (typeof value !== 'object' || value === null) return [];
  if (key === '*' && Array.isArray(value)) return value.flatMap((item) => select(item, rest));
  return Object.hasOwn(value, key) ? select((value as Record<string, unknown>)[key], rest) : [];
}

type Compare = (found: readonly unknown[]) => boolean;

function comparison(operator: string, operand: string): Compare | undefined {
  const same = equals(operand);
  const number = Number(operand);
  const numeric =
    (test: (value: number) => boolean): Compare =>
    (found) =>
      found.some((value) => typeof value === 'number' && test(value));
  const comparisons: Readonly<Record<string, Compare>> = {
    '=': (found) => found.some(same),
    // A missing property is not "different": AWS matches != only where the property exists.
    '!=': (found) => found.length > 0 && !found.some(same),
    '<': numeric((value) => value < number),
    '<=': numeric((value) => value <= number),
    '>': numeric((value) => value > number),
    '>=': numeric((value) => value >= number),
  };
  return comparisons[operator];
}

/** Equality with a number, a quoted or bare string with `*` wildcards, or a `%regular expression%`. */
function equals(operand: string): (value: unknown) => boolean {
  if (/^%.*%$/.test(operand)) {
    const expression = new RegExp(operand.slice(1, -1));
    return (value) => typeof value === 'string' && expression.test(value);
  }
  const quoted = operand.startsWith('"');
  const text = quoted ? operand.slice(1, -1).replace(/\\(["\\])/g, '$1') : operand;
  const wildcard = new RegExp(`^${text.split('*').map(escapeRegExp).join('[^]*')}$`);
  return (value) => {
    if (typeof value === 'number') return !quoted && Number(text) === value;
    return typeof value === 'string' && wildcard.test(value);
  };
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

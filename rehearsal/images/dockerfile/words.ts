/** How a Dockerfile's words are read: quotes, `\`, and variables. https://docs.docker.com/reference/dockerfile/#environment-replacement */

export type Variables = Readonly<Record<string, string>>;

/** The exec form, `undefined` for the shell form. */
export function jsonForm(text: string): string[] | undefined {
  if (!text.trim().startsWith('[')) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) && parsed.every((item) => typeof item === 'string') ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Words with quotes and variables resolved. @throws Error for a modifier that Docker has and this reader has not */
export function words(text: string, variables: Variables): string[] {
  const json = jsonForm(text);
  if (json) return json.map((word) => expand(word, variables));
  return new WordReader(text, variables).words();
}

/** The text as one word: variables are replaced, quotes are resolved. */
export function word(text: string, variables: Variables): string {
  return new WordReader(text, variables, false).words()[0] ?? '';
}

/** `KEY=value KEY2="two words"`, or the old `KEY value`. */
export function assignments(text: string, variables: Variables): [string, string][] {
  const [first = ''] = text.trim().split(/\s/, 1);
  if (!first.includes('=')) return [[first, word(text.trim().slice(first.length).trim(), variables)]];
  return words(text, variables).map((part) => {
    const at = part.indexOf('=');
    return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
  });
}

/** Variables only: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:+other}`, `${NAME:?message}`. Quotes stay. */
export function expand(text: string, variables: Variables): string {
  let result = '';
  for (let at = 0; at < text.length;) {
    if (text.startsWith('\\$', at)) {
      result += '$';
      at += 2;
      continue;
    }
    const found = text[at] === '$' ? variableAt(text, at, variables) : undefined;
    result += found ? found.value : text.charAt(at);
    at = found ? found.end : at + 1;
  }
  return result;
}

interface Found {
  readonly value: string;
  readonly end: number;
}

function variableAt(text: string, at: number, variables: Variables): Found | undefined {
  const bare = /^\$([A-Za-z_]\w*|\d)/.exec(text.slice(at));
  if (bare) return { value: variables[bare[1] ?? ''] ?? '', end: at + bare[0].length };
  if (text[at + 1] !== '{') return undefined;
  const end = closingBrace(text, at + 2);
  if (end < 0) return undefined;
  const inner = text.slice(at + 2, end);
  const [, name = '', modifier = '', operand = ''] = /^(\w+)(:?[-+?]|[#%/].*)?([\s\S]*)$/.exec(inner) ?? [];
  return { value: modified(name, modifier, operand, variables), end: end + 1 };
}

function closingBrace(text: string, from: number): number {
  for (let at = from, depth = 1; at < text.length; at++) {
    if (text.startsWith('${', at)) depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

function modified(name: string, modifier: string, operand: string, variables: Variables): string {
  const value = variables[name];
  const isSet = modifier.startsWith(':') ? Boolean(value) : value !== undefined;
  switch (modifier.at(-1)) {
    case undefined:
      return value ?? '';
    case '-':
      return isSet ? (value ?? '') : expand(operand, variables);
    case '+':
      return isSet ? expand(operand, variables) : '';
    case '?':
      if (isSet) return value ?? '';
      throw new Error(`${name}: ${expand(operand, variables) || 'not allowed to be unset'}`);
    default:
      throw new Error(`unsupported modifier (${modifier}) in substitution of ${name}`);
  }
}

class WordReader {
  private at = 0;
  private current = '';
  private open = false;
  private readonly found: string[] = [];

  constructor(
    private readonly text: string,
    private readonly variables: Variables,
    private readonly splits = true,
  ) {}

  words(): string[] {
    while (this.at < this.text.length) this.next();
    this.finish();
    return this.found;
  }

  private next(): void {
    const character = this.text.charAt(this.at);
    if (this.splits && /\s/.test(character)) {
      this.finish();
      this.at += 1;
    } else if (character === "'") this.quoted("'");
    else if (character === '"') this.quoted('"');
    else if (character === '\\') this.take(this.text.charAt(this.at + 1), 2);
    else this.plain();
  }

  private quoted(mark: string): void {
    this.open = true;
    this.at += 1;
    while (this.at < this.text.length && this.text[this.at] !== mark) {
      const escaped = mark === '"' && this.text[this.at] === '\\' && /["$\\]/.test(this.text.charAt(this.at + 1));
      if (escaped) this.take(this.text.charAt(this.at + 1), 2);
      else if (mark === "'") this.take(this.text.charAt(this.at), 1);
      else this.plain();
    }
    this.at += 1;
  }

  private plain(): void {
    const variable = this.text[this.at] === '$' ? variableAt(this.text, this.at, this.variables) : undefined;
    if (variable) this.take(variable.value, variable.end - this.at);
    else this.take(this.text.charAt(this.at), 1);
  }

  private take(value: string, length: number): void {
    this.open = true;
    this.current += value;
    this.at += length;
  }

  private finish(): void {
    if (this.open) this.found.push(this.current);
    this.current = '';
    this.open = false;
  }
}

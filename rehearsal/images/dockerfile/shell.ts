/**
 * Reads a shell script as far as is needed to say which programs it runs and which paths it names: its simple commands
 * and their words, with their places. Not a shell: what it cannot read for sure it reports as a problem.
 */
export interface ShellWord {
  /** As written, with quotes. */
  readonly raw: string;
  /** Without quotes; variables stay. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
  /** Whether it holds a command substitution, whose words are listed with its own command. */
  readonly hasCommand: boolean;
}

export interface ShellCommand {
  readonly words: readonly ShellWord[];
  /** The word that names the program; absent for assignments only. */
  readonly program?: ShellWord;
  /** The words after the program. */
  readonly args: readonly ShellWord[];
  /** Whether it runs only if a condition holds: behind `||`, or inside `if`. */
  readonly conditional: boolean;
  /** Place of the program and its arguments in the script. */
  readonly start: number;
  readonly end: number;
}

export interface Script {
  readonly commands: readonly ShellCommand[];
  /** Why the script cannot be read for sure. */
  readonly problem?: string;
}

const KEYWORDS = new Set(['if', 'then', 'elif', 'else', 'fi', 'while', 'until', 'do', 'done', '!', '{', '}', 'time']);
const OPENING = new Set(['if', 'while', 'until', 'for']);
const CLOSING = new Set(['fi', 'done']);
const ASSIGNMENT = /^[A-Za-z_]\w*\+?=/;
const OPERATOR = /^(&&|\|\||;;|[;|&\n()])/;
const REDIRECT = /^\d*(>>|>\||<>|>&|<&|>|<)(?:\d+-?|-(?=\s|$))?/;

export function parseShell(text: string): Script {
  return new Reader(text).read();
}

class Reader {
  private at = 0;
  private words: ShellWord[] = [];
  private depth = 0;
  private behindOr = false;
  private readonly commands: ShellCommand[] = [];
  private problem: string | undefined;
  private hasCommand = false;

  constructor(private readonly text: string) {}

  read(): Script {
    while (this.at < this.text.length) this.next();
    this.finish('');
    return { commands: this.commands, ...(this.problem !== undefined && { problem: this.problem }) };
  }

  private next(): void {
    const rest = this.text.slice(this.at);
    const blank = /^([ \t\r]+|\\\r?\n)/.exec(rest);
    if (blank) return void (this.at += blank[0].length);
    if (rest.startsWith('#')) return void (this.at += /^[^\n]*/.exec(rest)?.[0].length ?? 1);
    if (rest.startsWith('<<')) return this.fail('it has a here-document', 2);
    const redirect = REDIRECT.exec(rest);
    if (redirect) return void (this.at += redirect[0].length);
    const operator = OPERATOR.exec(rest);
    if (!operator) return this.word();
    this.finish(operator[0]);
    this.at += operator[0].length;
  }

  private fail(problem: string, length: number): void {
    this.problem ??= problem;
    this.at += length;
  }

  private word(): void {
    const start = this.at;
    this.hasCommand = false;
    let value = '';
    while (this.at < this.text.length) {
      const character = this.text.charAt(this.at);
      if (/[\s;|&()<>]/.test(character)) break;
      value += this.part(character);
    }
    // A character that begins nothing known must not be read for ever.
    if (this.at === start) this.at += 1;
    this.words.push({ raw: this.text.slice(start, this.at), value, start, end: this.at, hasCommand: this.hasCommand });
  }

  private part(character: string): string {
    if (character === "'") return this.until("'");
    if (character === '"') return this.doubleQuoted();
    if (character === '\\') {
      this.at += 2;
      return this.text.charAt(this.at - 1);
    }
    return this.substitution() ?? this.one();
  }

  private one(): string {
    this.at += 1;
    return this.text.charAt(this.at - 1);
  }

  private until(mark: string): string {
    const end = this.text.indexOf(mark, this.at + 1);
    const inner = this.text.slice(this.at + 1, end < 0 ? undefined : end);
    if (end < 0) this.problem ??= `its quote ${mark} does not end`;
    this.at = end < 0 ? this.text.length : end + 1;
    return inner;
  }

  private doubleQuoted(): string {
    let value = '';
    this.at += 1;
    while (this.at < this.text.length && this.text[this.at] !== '"') {
      if (this.text[this.at] === '\\') this.at += 1;
      value += this.substitution() ?? this.one();
    }
    if (this.at >= this.text.length) this.problem ??= 'its quote " does not end';
    this.at += 1;
    return value;
  }

  /** `$(...)` and backquotes: the commands inside count as well. */
  private substitution(): string | undefined {
    const start = this.at;
    const isBackquote = this.text[start] === '`';
    if (!isBackquote && !this.text.startsWith('$(', start)) return undefined;
    const from = start + (isBackquote ? 1 : 2);
    const end = isBackquote ? this.text.indexOf('`', from) : closing(this.text, from);
    if (end < 0) return this.unclosed(start);
    if (!this.text.startsWith('$((', start)) this.nested(from, end);
    this.at = end + 1;
    return this.text.slice(start, this.at);
  }

  private unclosed(start: number): string {
    this.problem ??= 'its command substitution does not end';
    this.at = this.text.length;
    return this.text.slice(start);
  }

  private nested(from: number, end: number): void {
    const inner = parseShell(this.text.slice(from, end));
    this.problem ??= inner.problem;
    this.hasCommand = true;
    const move = (word: ShellWord): ShellWord => ({ ...word, start: word.start + from, end: word.end + from });
    for (const { program, args, words, start, end: stop } of inner.commands) {
      const moved = { start: start + from, end: stop + from, conditional: true, words: words.map(move) };
      this.commands.push({ ...moved, ...(program && { program: move(program) }), args: args.map(move) });
    }
  }

  private finish(operator: string): void {
    const words = this.words;
    this.words = [];
    const conditional = this.behindOr || this.depth > 0;
    const own = this.withoutKeywords(words);
    if (own.length > 0) this.add(words, own, conditional || this.depth > 0);
    this.behindOr = operator === '||' || (operator === '&&' && this.behindOr);
  }

  private withoutKeywords(words: readonly ShellWord[]): readonly ShellWord[] {
    for (let index = 0; index < words.length; index++) {
      const { raw } = words[index] ?? { raw: '' };
      if (OPENING.has(raw)) this.depth += 1;
      if (CLOSING.has(raw)) this.depth -= 1;
      // The words of `for x in a b` are data.
      if (raw === 'for') return [];
      if (raw === 'case' || raw === 'function') this.problem ??= `it has ${raw}`;
      if (!KEYWORDS.has(raw)) return words.slice(index);
    }
    return [];
  }

  private add(words: readonly ShellWord[], own: readonly ShellWord[], conditional: boolean): void {
    const at = own.findIndex((word) => !ASSIGNMENT.test(word.raw));
    const program = at < 0 ? undefined : own[at];
    const args = at < 0 ? [] : own.slice(at + 1);
    const start = (program ?? own[0])?.start ?? 0;
    this.commands.push({ words, ...(program && { program }), args, conditional, start, end: own.at(-1)?.end ?? start });
  }
}

function closing(text: string, from: number): number {
  for (let at = from, depth = 1; at < text.length; at++) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

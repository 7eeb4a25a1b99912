import { styleText } from 'node:util';
import { jsonText, printable } from '../rehearsal/runner/report/printable';
import { CommandFailure, ExitCode } from './failure';

export type Style = 'good' | 'bad' | 'warning' | 'dim' | 'bold';

/** A piece of a line; without a style, plain text. */
export type Part = string | { readonly text: string; readonly style?: Style };

const FORMATS = { good: 'green', bad: 'red', warning: 'yellow', dim: 'dim', bold: 'bold' } as const;
const CLEAR_LINE = '\r\u001B[2K';

/** A stream that people or programs read: `process.stdout`, `process.stderr`. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string, done?: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/**
 * The only way from a command to the terminal. It escapes characters that could move the cursor, writes colours if they are
 * wanted, and notices a reader that closed the output (`greenlight --help | head -1`).
 */
export class Output {
  /** Aborts if the reader closed the output, or it cannot be written. The reason is a `CommandFailure`. */
  readonly lost: AbortSignal;
  private readonly losing = new AbortController();
  private human: OutputStream;
  private updateShown = false;
  /** Rows of the terminal that the next `redraw` replaces. */
  private drawnRows = 0;
  private lastPrintMs = performance.now();

  constructor(
    private readonly stdout: OutputStream,
    private readonly stderr: OutputStream,
    private readonly environment: Readonly<Record<string, string | undefined>> = process.env,
  ) {
    this.lost = this.losing.signal;
    this.human = stdout;
    stdout.on('error', (error) => this.fail('standard output', error));
    stderr.on('error', (error) => this.fail('standard error', error));
  }

  /** From now on standard output is for the JSON document, and text for people goes to standard error. */
  reserveStdout(): void {
    this.human = this.stderr;
  }

  /** A line for people. */
  say(...parts: readonly Part[]): void {
    this.line(this.human, parts);
  }

  /** A line on standard error. */
  report(...parts: readonly Part[]): void {
    this.line(this.stderr, parts);
  }

  /** A JSON document on standard output. */
  json(document: unknown): void {
    this.write(this.stdout, `${jsonText(document)}\n`);
  }

  /** The text of a file on standard output. */
  document(text: string): void {
    this.write(this.stdout, printable(text));
  }

  /** Milliseconds of real time since the last line. */
  get silentMs(): number {
    return performance.now() - this.lastPrintMs;
  }

  /** Whether a line for people can be updated in place. */
  get canUpdate(): boolean {
    return this.human.isTTY === true && this.environment.TERM !== 'dumb';
  }

  /** A line that the next printed line replaces. */
  update(text: string): void {
    const width = Math.max(20, (this.human.columns ?? 80) - 1);
    const shown = [...text].slice(0, width).join('');
    this.raw(this.human, `${CLEAR_LINE}${this.paint(this.human, { text: shown, style: 'dim' })}`);
    this.updateShown = true;
  }

  /** Lines in the place of those that the last `redraw` wrote, unless something else was printed since. */
  redraw(lines: readonly (readonly Part[])[]): void {
    const columns = Math.max(20, this.human.columns ?? 80);
    const back = this.drawnRows > 0 ? `\u001B[${this.drawnRows}A\r\u001B[J` : '';
    const drawn = lines.map((line) => `${this.painted(this.human, line)}\n`);
    this.write(this.human, back + drawn.join(''));
    this.drawnRows = lines.map((line) => rowsOf(line, columns)).reduce((sum, rows) => sum + rows, 0);
  }

  /** Removes the line that `update` wrote. */
  clear(): void {
    if (this.updateShown) this.raw(this.human, CLEAR_LINE);
    this.updateShown = false;
  }

  /** Waits until everything is written. @returns the failure if something could not be written */
  async flush(): Promise<CommandFailure | undefined> {
    for (const stream of [this.stdout, this.stderr]) {
      if (this.lost.aborted) break;
      await new Promise<void>((resolve) => stream.write('', () => setImmediate(resolve)));
    }
    return this.lost.aborted ? (this.lost.reason as CommandFailure) : undefined;
  }

  private line(stream: OutputStream, parts: readonly Part[]): void {
    this.write(stream, `${this.painted(stream, parts)}\n`);
  }

  private painted(stream: OutputStream, parts: readonly Part[]): string {
    return parts.map((part) => this.paint(stream, part)).join('');
  }

  private write(stream: OutputStream, text: string): void {
    this.lastPrintMs = performance.now();
    this.clear();
    this.drawnRows = 0;
    this.raw(stream, text);
  }

  private raw(stream: OutputStream, text: string): void {
    if (!this.lost.aborted) stream.write(text);
  }

  private paint(stream: OutputStream, part: Part): string {
    if (typeof part === 'string') return printable(part);
    const text = printable(part.text);
    if (part.style === undefined || !wantsColour(stream, this.environment)) return text;
    return styleText(FORMATS[part.style], text, { validateStream: false });
  }

  private fail(name: string, error: NodeJS.ErrnoException): void {
    if (this.lost.aborted) return;
    // EPIPE: the reader closed the pipe. EIO: the terminal was closed.
    if (error.code === 'EPIPE' || error.code === 'EIO' || error.code === 'ECONNRESET') {
      this.losing.abort(new CommandFailure([], ExitCode.outputClosed));
      return;
    }
    if (name !== 'standard error') this.stderr.write(`greenlight: ${name}: ${error.message}\n`);
    this.losing.abort(new CommandFailure([], ExitCode.internal));
  }
}

/** A terminal wraps what is longer than it is wide. */
function rowsOf(parts: readonly Part[], columns: number): number {
  const text = parts.map((part) => printable(typeof part === 'string' ? part : part.text)).join('');
  return Math.max(1, Math.ceil([...text].length / columns));
}

/** https://no-color.org, and FORCE_COLOR as Node.js reads it; NO_COLOR wins. */
export function wantsColour(
  stream: Pick<OutputStream, 'isTTY'>,
  { NO_COLOR, FORCE_COLOR, TERM }: Readonly<Record<string, string | undefined>>,
): boolean {
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return stream.isTTY === true && TERM !== 'dumb';
}

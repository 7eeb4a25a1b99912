import { DockerfileParser, type Instruction as Parsed } from 'dockerfile-ast';
import { jsonForm } from './words';

/** One instruction of a Dockerfile. */
export interface Instruction {
  readonly line: number;
  /** Upper case. */
  readonly name: string;
  /** `--from=x`, `--mount=type=cache` in front of the arguments, without dashes; a flag may be repeated. */
  readonly flags: readonly Flag[];
  /** The rest, as written, on one line; for a here-document its first line. */
  readonly text: string;
  /** The exec form, `undefined` for the shell form. */
  readonly json?: readonly string[];
  readonly heredocs: readonly Heredoc[];
}

export interface Flag {
  readonly name: string;
  readonly value: string;
}

/** A here-document: `COPY <<name /path`, or the script of a RUN. */
export interface Heredoc {
  readonly name: string;
  readonly content: string;
  /** Whether its variables are expanded: not when the delimiter is quoted. */
  readonly expands: boolean;
}

const known = new Set(
  (
    'FROM RUN CMD LABEL MAINTAINER EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER WORKDIR ARG ONBUILD STOPSIGNAL HEALTHCHECK ' +
    'SHELL'
  ).split(' '),
);

/**
 * Splits a Dockerfile into instructions. https://docs.docker.com/reference/dockerfile/
 * @throws Error in Docker's words for an unknown instruction
 */
export function parseDockerfile(text: string): Instruction[] {
  const lines = text.split(/\r?\n/);
  return DockerfileParser.parse(text)
    .getInstructions()
    .map((parsed) => toInstruction(parsed, lines));
}

function toInstruction(parsed: Parsed, lines: readonly string[]): Instruction {
  const name = parsed.getKeyword();
  const line = parsed.getRange().start.line + 1;
  if (!known.has(name)) {
    throw new Error(`dockerfile parse error on line ${line}: unknown instruction: ${parsed.getInstruction()}`);
  }
  const heredocs = heredocsOf(parsed, lines);
  const content = parsed.getArgumentsContent() ?? '';
  const text = (heredocs.length > 0 ? (content.split('\n')[0] ?? '') : content.replace(/\n/g, ' ')).trim();
  const json = jsonForm(text);
  return { line, name, flags: flagsOf(parsed), text, heredocs, ...(json && { json }) };
}

interface WithFlags {
  getFlags(): { getName(): string; getValue(): string | null }[];
}

function flagsOf(parsed: Parsed): Flag[] {
  if (!('getFlags' in parsed)) return [];
  return (parsed as unknown as WithFlags)
    .getFlags()
    .map((flag) => ({ name: flag.getName(), value: flag.getValue() ?? 'true' }));
}

interface WithHeredocs {
  getHeredocs(): { getName(): string; getStartRange(): Range; getContentRange(): Range | null }[];
}

interface Range {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

function heredocsOf(parsed: Parsed, lines: readonly string[]): Heredoc[] {
  return (parsed as unknown as WithHeredocs).getHeredocs().map((heredoc) => {
    const { start, end } = heredoc.getStartRange();
    const opening = (lines[start.line] ?? '').slice(start.character, end.character);
    const range = heredoc.getContentRange();
    const body = range ? lines.slice(range.start.line, range.end.line + 1) : [];
    const content = opening.startsWith('<<-') ? body.map((each) => each.replace(/^\t+/, '')) : body;
    return {
      name: heredoc.getName().replace(/["']/g, ''),
      content: content.map((each) => `${each}\n`).join(''),
      expands: !/["']/.test(opening),
    };
  });
}

/** The last value of a flag. */
export function flagOf({ flags }: Pick<Instruction, 'flags'>, name: string): string | undefined {
  return flags.findLast((flag) => flag.name === name)?.value;
}

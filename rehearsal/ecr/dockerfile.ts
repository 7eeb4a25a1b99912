/** One instruction of a Dockerfile. */
export interface Instruction {
  readonly line: number;
  /** Upper case. */
  readonly name: string;
  /** `--from=x`, `--chown=y` in front of the arguments, without dashes. */
  readonly flags: Readonly<Record<string, string>>;
  /** The rest, as written. */
  readonly text: string;
}

const known = new Set(
  (
    'FROM RUN CMD LABEL MAINTAINER EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER WORKDIR ARG ONBUILD STOPSIGNAL HEALTHCHECK ' +
    'SHELL'
  ).split(' '),
);

/**
 * Splits a Dockerfile into instructions: comments, `\` at line ends.
 * https://docs.docker.com/reference/dockerfile/
 * @throws Error in Docker's words for an unknown instruction
 */
export function parseDockerfile(text: string): Instruction[] {
  return logicalLines(text).map(({ line, content }) => {
    const [, word = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(content) ?? [];
    const name = word.toUpperCase();
    if (!known.has(name)) throw new Error(`dockerfile parse error on line ${line}: unknown instruction: ${word}`);
    return { line, name, ...splitFlags(rest) };
  });
}

function logicalLines(text: string): { line: number; content: string }[] {
  const lines: { line: number; content: string }[] = [];
  let open: { line: number; content: string } | undefined;
  text.split(/\r?\n/).forEach((raw, index) => {
    if (/^\s*#/.test(raw) || (raw.trim() === '' && !open)) return;
    const continues = /\\\s*$/.test(raw);
    const part = raw.replace(/\\\s*$/, '').trim();
    open = open ? { ...open, content: `${open.content} ${part}`.trim() } : { line: index + 1, content: part };
    if (!continues) {
      lines.push(open);
      open = undefined;
    }
  });
  return open ? [...lines, open] : lines;
}

function splitFlags(text: string): { flags: Record<string, string>; text: string } {
  const flags: Record<string, string> = {};
  let rest = text;
  for (let match = flag(rest); match; match = flag(rest)) {
    flags[match[1] ?? ''] = match[2] ?? 'true';
    rest = rest.slice(match[0].length);
  }
  return { flags, text: rest };
}

const flag = (text: string) => /^--([a-z-]+)(?:=(\S+))?\s+/.exec(text);

/** `["a", "b"]` or words; quotes hold words together. */
export function words(text: string): string[] {
  const json = jsonForm(text);
  if (json) return json;
  return [...text.matchAll(/(?:[^\s"']|"(?:\\.|[^"])*"|'[^']*')+/g)].map(([word]) => unquoted(word));
}

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

const unquoted = (word: string) =>
  word.replace(/"((?:\\.|[^"])*)"|'([^']*)'/g, (_all, double?: string, single?: string) =>
    double !== undefined ? double.replace(/\\(.)/g, '$1') : (single ?? ''),
  );

/** `KEY=value KEY2="two words"`, or the old `KEY value`. */
export function assignments(text: string): [string, string][] {
  const parts = words(text);
  if (!parts[0]?.includes('='))
    return [
      [
        parts[0] ?? '',
        text
          .trim()
          .slice((parts[0] ?? '').length)
          .trim(),
      ],
    ];
  return parts.map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]);
}

/** `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:+other}` from ARG and ENV. */
export function expand(text: string, variables: Readonly<Record<string, string>>): string {
  const pattern = /\\\$|\$(\w+)|\$\{(\w+)(?::([-+])([^}]*))?\}/g;
  return text.replace(pattern, (all, bare?: string, braced?: string, operator?: string, operand?: string) => {
    if (all === '\\$') return '$';
    const value = variables[bare ?? braced ?? ''] ?? '';
    if (operator === '-') return value || (operand ?? '');
    if (operator === '+') return value ? (operand ?? '') : '';
    return value;
  });
}

/** What a sequence's inputs may refer to. */
export interface Scope {
  /** Responses of the calls so far, the first one at 1. */
  readonly responses: readonly unknown[];
  /** AWS time at the beginning of the sequence, milliseconds since the epoch. */
  readonly nowMs: number;
}

const REFERENCE = /\$\{(\d+)((?:\.[^.}]+)*)\}/g;

/**
 * `${2.Role.Arn}` is a member of the second response. `{ $date: -60 }` is a time and `{ $ms: -60 }` its number, in seconds from the
 * beginning; `{ $repeat: [x, 513] }` is a long text and `{ $bytes: ... }` a body in base64.
 */
export function resolved(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string') return ofText(value, scope);
  if (Array.isArray(value)) return value.map((item) => resolved(item, scope));
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = ['', undefined], ...others] = Object.entries(value) as [string, unknown][];
  const special = others.length === 0 ? SPECIAL[name] : undefined;
  if (special) return special(argument, scope);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner, scope)]));
}

const SPECIAL: Readonly<Record<string, (argument: unknown, scope: Scope) => unknown>> = {
  $date: (argument, { nowMs }) =>
    typeof argument === 'string' ? new Date(argument) : new Date(nowMs + Number(argument) * 1000),
  $ms: (argument, { nowMs }) => Math.floor(nowMs + Number(argument) * 1000),
  $repeat: (argument) => {
    const [text, count] = argument as readonly [string, number];
    return text.repeat(count);
  },
  $bytes: (argument) => Buffer.from(String(argument), 'base64'),
};

function ofText(text: string, { responses }: Scope): unknown {
  const found = [...text.matchAll(REFERENCE)];
  if (found.length === 0) return text;
  const [first] = found;
  if (found.length === 1 && first?.[0] === text) return memberOf(responses, first);
  return text.replace(REFERENCE, (...match: string[]) => String(memberOf(responses, match)));
}

function memberOf(responses: readonly unknown[], [, index, path = '']: readonly string[]): unknown {
  const names = path.split('.').slice(1);
  return names.reduce<unknown>(
    (value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name],
    responses[Number(index) - 1],
  );
}

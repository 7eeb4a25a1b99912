import { parseJsonPattern } from './json-pattern';

/**
 * CloudWatch Logs filter patterns: terms and JSON property selectors. Space-delimited patterns (`[ip, user]`) are
 * not modelled and are refused.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export type Matcher = (message: string) => boolean;

/** @throws Error with what could not be read, and where */
export function parseFilterPattern(pattern: string | undefined): Matcher {
  const text = (pattern ?? '').trim();
  if (text === '') return () => true;
  if (text.startsWith('[')) throw new Error(`space-delimited filter patterns are not rehearsed: ${text}`);
  return text.startsWith('{') ? jsonMatcher(text) : termMatcher(text);
}

function jsonMatcher(text: string): Matcher {
  const matches = parseJsonPattern(text);
  return (message) => {
    const value = parseObject(message);
    return value !== undefined && matches(value);
  };
}

/** A message that is not a JSON object or array never matches a JSON pattern. */
function parseObject(message: string): unknown {
  if (!/^\s*[{[]/.test(message)) return undefined;
  try {
    return JSON.parse(message) as unknown;
  } catch {
    return undefined;
  }
}

interface Term {
  readonly sign: '' | '?' | '-';
  readonly found: Matcher;
}

/** All plain terms, no `-` term, and at least one `?` term if there is any; case counts. */
function termMatcher(text: string): Matcher {
  const terms = [...text.matchAll(/([-?]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]+)%|(\S+))/g)].map(readTerm);
  const required = terms.filter((term) => term.sign === '');
  const optional = terms.filter((term) => term.sign === '?');
  const excluded = terms.filter((term) => term.sign === '-');
  // Next to plain terms, AWS ignores the `?` terms.
  const anyOf = required.length > 0 ? [] : optional;
  return (message) =>
    required.every((term) => term.found(message)) &&
    (anyOf.length === 0 || anyOf.some((term) => term.found(message))) &&
    !excluded.some((term) => term.found(message));
}

function readTerm([, sign, quoted, regex, plain]: RegExpMatchArray): Term {
  const literal = quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '';
  const expression = regex === undefined ? undefined : new RegExp(regex);
  return {
    sign: sign as Term['sign'],
    found: (message) => (expression ? expression.test(message) : message.includes(literal)),
  };
}

import type { RequestContext } from '../../core/access';
import { many } from './policy';

/** @returns undefined when the request does not carry the key */
export function contextValues(context: RequestContext, key: string): readonly string[] | undefined {
  const wanted = key.toLowerCase();
  const found = Object.keys(context).find((name) => name.toLowerCase() === wanted);
  return found === undefined ? undefined : many<string>(context[found]);
}

// Placeholders for a literal `*`, `?` or `$` that a policy variable produced, so that it is not read as a wildcard.
// Control characters: no policy holds any.
const literals = { '*': '\u0001', '?': '\u0002', $: '\u0003' } as const;

/**
 * Replaces `${key}`, `${key, 'default'}`, `${*}`, `${?}` and `${$}`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 * @returns undefined when a variable has no value in this request, so that nothing can match
 */
export function substitute(pattern: string, context: RequestContext): string | undefined {
  let unresolved = false;
  const text = pattern.replace(/\$\{([^}]*)\}/g, (_whole, inner: string) => {
    const value = variable(inner.trim(), context);
    if (value === undefined) unresolved = true;
    return value ?? '';
  });
  return unresolved ? undefined : text;
}

function variable(name: string, context: RequestContext): string | undefined {
  if (name === '*' || name === '?' || name === '$') return literals[name];
  const [key = '', fallback] = name.split(/\s*,\s*/, 2);
  const values = contextValues(context, key);
  const value = values?.length === 1 ? values[0] : fallback?.replace(/^'(.*)'$/, '$1');
  return value?.replace(/[*?$]/g, (character) => literals[character as keyof typeof literals]);
}

/** `*` is any run of characters, `?` any one. */
export function wildcardMatch(
  pattern: string,
  value: string,
  { ignoreCase = false }: { ignoreCase?: boolean } = {},
): boolean {
  const key = `${ignoreCase ? 'i' : ''}:${pattern}`;
  let expression = compiled.get(key);
  if (!expression) {
    if (compiled.size >= COMPILED_MAX) compiled.clear();
    compiled.set(key, (expression = compile(pattern, ignoreCase)));
  }
  return expression.test(value);
}

/** The patterns of a few stacks' policies. */
const COMPILED_MAX = 5_000;
const compiled = new Map<string, RegExp>();

function compile(pattern: string, ignoreCase: boolean): RegExp {
  const source = pattern
    .replace(/[.+^$()|[\]{}\\]/g, '\\$&')
    .replace(/\*/g, '[\\s\\S]*')
    .replace(/\?/g, '[\\s\\S]');
  return new RegExp(`^${unescapeLiterals(source, '\\')}$`, ignoreCase ? 'i' : '');
}

/** What `substitute` made, as plain text. */
export function plain(text: string): string {
  return unescapeLiterals(text, '');
}

function unescapeLiterals(text: string, prefix: string): string {
  return Object.entries(literals).reduce(
    (all, [character, mark]) => all.replaceAll(mark, () => prefix + character),
    text,
  );
}

/**
 * Wildcards match within one of an ARN's six fields, the last of which keeps its colons; a pattern with fewer fields
 * is completed with `*`. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function arnMatch(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const wanted = fields(pattern);
  const given = fields(arn);
  if (given.length !== 6 || wanted[0] !== 'arn') return wildcardMatch(pattern, arn);
  return given.every((field, index) => wildcardMatch(wanted[index] ?? '*', field));
}

function fields(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

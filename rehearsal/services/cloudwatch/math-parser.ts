import { AwsError } from '../../core/service';

/** A metric math expression as a tree. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | { readonly kind: 'negate'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly parameters: readonly Expression[] };

/** Loosest first; within a row from left to right. */
const PRECEDENCE: readonly (readonly string[])[] = [
  ['||', 'OR'],
  ['&&', 'AND'],
  ['==', '!=', '<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/'],
];
const TOKEN =
  /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(\|\||&&|==|!=|<=|>=|[-+*/^()<>,[\]])|("[^"]*"|'[^']*'))/y;

interface Tokens {
  readonly text: string;
  readonly list: readonly string[];
  next: number;
}

/** @throws AwsError ValidationError that quotes the expression and says what is wrong where */
export function parseExpression(text: string): Expression {
  const tokens: Tokens = { text, list: tokenize(text), next: 0 };
  const expression = parseBinary(tokens, 0);
  if (tokens.next < tokens.list.length) throw syntaxError(text, `unexpected '${tokens.list[tokens.next]}'`);
  return expression;
}

export function syntaxError(text: string, problem: string): AwsError {
  return new AwsError('ValidationError', `Error in expression '${text}': ${problem}`);
}

function tokenize(text: string): string[] {
  const list: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw syntaxError(text, `unexpected '${text.slice(at).trim()[0]}' at column ${at + 1}`);
    list.push(match[0].trim());
  }
  return list;
}

function parseBinary(tokens: Tokens, level: number): Expression {
  const operators = PRECEDENCE[level];
  if (!operators) return parseUnary(tokens);
  let left = parseBinary(tokens, level + 1);
  for (let operator = peek(tokens); operators.includes(operator); operator = peek(tokens)) {
    tokens.next += 1;
    left = { kind: 'binary', operator, left, right: parseBinary(tokens, level + 1) };
  }
  return left;
}

function parseUnary(tokens: Tokens): Expression {
  if (!take(tokens, '-')) return parsePower(tokens);
  return { kind: 'negate', operand: parseUnary(tokens) };
}

/** `2 ^ 3 ^ 2` is `2 ^ (3 ^ 2)`. */
function parsePower(tokens: Tokens): Expression {
  const left = parsePrimary(tokens);
  return take(tokens, '^') ? { kind: 'binary', operator: '^', left, right: parseUnary(tokens) } : left;
}

function parsePrimary(tokens: Tokens): Expression {
  const token = peek(tokens);
  tokens.next += 1;
  if (/^\d/.test(token)) return { kind: 'number', value: Number(token) };
  if (/^["']/.test(token)) return { kind: 'text', text: token.slice(1, -1) };
  if (token === '(') return closed(tokens, ')', parseBinary(tokens, 0));
  if (token === '[') return { kind: 'array', items: parseList(tokens, ']') };
  if (!/^[A-Za-z_]/.test(token)) throw syntaxError(tokens.text, token ? `unexpected '${token}'` : 'it ends too early');
  if (take(tokens, '(')) return { kind: 'call', name: token.toUpperCase(), parameters: parseList(tokens, ')') };
  return { kind: 'name', name: token };
}

function parseList(tokens: Tokens, end: string): Expression[] {
  const items: Expression[] = [];
  if (take(tokens, end)) return items;
  do items.push(parseBinary(tokens, 0));
  while (take(tokens, ','));
  return closed(tokens, end, items);
}

function closed<T>(tokens: Tokens, end: string, value: T): T {
  if (take(tokens, end)) return value;
  throw syntaxError(tokens.text, `'${end}' expected, found '${peek(tokens) || 'the end'}'`);
}

function peek(tokens: Tokens): string {
  return tokens.list[tokens.next] ?? '';
}

function take(tokens: Tokens, token: string): boolean {
  if (peek(tokens) !== token) return false;
  tokens.next += 1;
  return true;
}

import { AwsError } from '../../core/service';
import type { AlarmState } from './state';

/** An AlarmRule as a tree. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
export type Rule =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'state'; readonly state: AlarmState; readonly alarm: string }
  | { readonly kind: 'not'; readonly operand: Rule }
  | { readonly kind: 'and' | 'or'; readonly left: Rule; readonly right: Rule };

const STATES: readonly AlarmState[] = ['ALARM', 'OK', 'INSUFFICIENT_DATA'];
const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|([()])|([^\s()"]+))/y;

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

interface Cursor {
  readonly rule: string;
  readonly tokens: readonly Token[];
  next: number;
}

/** @throws AwsError ValidationError that says what of the rule is wrong */
export function parseRule(rule: string): Rule {
  const cursor: Cursor = { rule, tokens: tokenize(rule), next: 0 };
  const parsed = parseOr(cursor);
  if (cursor.next < cursor.tokens.length) throw ruleError(rule, `unexpected '${cursor.tokens[cursor.next]?.text}'`);
  return parsed;
}

/** @param stateOf a missing alarm counts as INSUFFICIENT_DATA */
export function evaluateRule(rule: Rule, stateOf: (alarm: string) => AlarmState | undefined): boolean {
  switch (rule.kind) {
    case 'constant':
      return rule.value;
    case 'state':
      return (stateOf(rule.alarm) ?? 'INSUFFICIENT_DATA') === rule.state;
    case 'not':
      return !evaluateRule(rule.operand, stateOf);
    case 'and':
      return evaluateRule(rule.left, stateOf) && evaluateRule(rule.right, stateOf);
    case 'or':
      return evaluateRule(rule.left, stateOf) || evaluateRule(rule.right, stateOf);
  }
}

/** Names of the alarms that the rule asks, each once; ARNs shortened to names. */
export function childrenOf(rule: Rule): readonly string[] {
  switch (rule.kind) {
    case 'constant':
      return [];
    case 'state':
      return [rule.alarm];
    case 'not':
      return childrenOf(rule.operand);
    default:
      return [...new Set([...childrenOf(rule.left), ...childrenOf(rule.right)])];
  }
}

/** `arn:aws:cloudwatch:<region>:<account>:alarm:<name>` or the name itself. */
export function alarmNameOf(nameOrArn: string): string {
  return /^arn:[^:]+:cloudwatch:[^:]*:[^:]*:alarm:(.+)$/.exec(nameOrArn)?.[1] ?? nameOrArn;
}

function tokenize(rule: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < rule.trimEnd().length) {
    const match = TOKEN.exec(rule);
    if (!match) throw ruleError(rule, 'a quotation mark is not closed');
    const [, quoted, bracket, word] = match;
    tokens.push({ text: quoted ?? bracket ?? word ?? '', quoted: quoted !== undefined });
  }
  return tokens;
}

function parseOr(cursor: Cursor): Rule {
  let left = parseAnd(cursor);
  while (take(cursor, 'OR')) left = { kind: 'or', left, right: parseAnd(cursor) };
  return left;
}

function parseAnd(cursor: Cursor): Rule {
  let left = parseNot(cursor);
  while (take(cursor, 'AND')) left = { kind: 'and', left, right: parseNot(cursor) };
  return left;
}

function parseNot(cursor: Cursor): Rule {
  return take(cursor, 'NOT') ? { kind: 'not', operand: parseNot(cursor) } : parseTerm(cursor);
}

function parseTerm(cursor: Cursor): Rule {
  const word = next(cursor).text.toUpperCase();
  if (word === '(') return closed(cursor, parseOr(cursor));
  if (word === 'TRUE' || word === 'FALSE') return { kind: 'constant', value: word === 'TRUE' };
  const state = STATES.find((name) => name === word);
  if (!state || !take(cursor, '('))
    throw ruleError(cursor.rule, `ALARM("name"), OK("name") or INSUFFICIENT_DATA("name") expected at '${word}'`);
  return closed(cursor, { kind: 'state', state, alarm: alarmNameOf(next(cursor).text.trim()) });
}

function closed(cursor: Cursor, rule: Rule): Rule {
  if (take(cursor, ')')) return rule;
  throw ruleError(cursor.rule, "')' expected");
}

function next(cursor: Cursor): Token {
  const token = cursor.tokens[cursor.next++];
  if (!token) throw ruleError(cursor.rule, 'it ends too early');
  return token;
}

function take(cursor: Cursor, word: string): boolean {
  const token = cursor.tokens[cursor.next];
  if (!token || token.quoted || token.text.toUpperCase() !== word) return false;
  cursor.next += 1;
  return true;
}

function ruleError(rule: string, problem: string): AwsError {
  return new AwsError('ValidationError', `Error in AlarmRule '${rule}': ${problem}`);
}

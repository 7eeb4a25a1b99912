import { BlockList, isIP } from 'node:net';
import { arnMatch, contextValues, plain, substitute, wildcardMatch } from './match';
import type { RequestContext } from '../../core/access';
import { many, type Statement } from './policy';

/** Whether one context value satisfies one value of the policy, variables already replaced. */
type Test = (wanted: string, given: string) => boolean;

const equal: Test = (wanted, given) => plain(wanted) === given;
const numbers =
  (compare: (given: number, wanted: number) => boolean): Test =>
  (wanted, given) =>
    given.trim() !== '' && wanted.trim() !== '' && compare(Number(given), Number(wanted));
const dates =
  (compare: (given: number, wanted: number) => boolean): Test =>
  (wanted, given) =>
    compare(dateMs(given), dateMs(wanted));

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const tests: Readonly<Record<string, Test>> = {
  stringequals: equal,
  stringequalsignorecase: (wanted, given) => plain(wanted).toLowerCase() === given.toLowerCase(),
  stringlike: wildcardMatch,
  arnequals: arnMatch,
  arnlike: arnMatch,
  binaryequals: equal,
  bool: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(),
  numericequals: numbers((given, wanted) => given === wanted),
  numericlessthan: numbers((given, wanted) => given < wanted),
  numericlessthanequals: numbers((given, wanted) => given <= wanted),
  numericgreaterthan: numbers((given, wanted) => given > wanted),
  numericgreaterthanequals: numbers((given, wanted) => given >= wanted),
  dateequals: dates((given, wanted) => given === wanted),
  datelessthan: dates((given, wanted) => given < wanted),
  datelessthanequals: dates((given, wanted) => given <= wanted),
  dategreaterthan: dates((given, wanted) => given > wanted),
  dategreaterthanequals: dates((given, wanted) => given >= wanted),
  ipaddress: inRange,
};

/** Operators that hold when none of the policy's values matches. */
const negations: Readonly<Record<string, string>> = {
  stringnotequals: 'stringequals',
  stringnotequalsignorecase: 'stringequalsignorecase',
  stringnotlike: 'stringlike',
  arnnotequals: 'arnequals',
  arnnotlike: 'arnlike',
  numericnotequals: 'numericequals',
  datenotequals: 'dateequals',
  notipaddress: 'ipaddress',
};

/**
 * Every operator and every key must hold.
 * @throws Error for an operator that IAM does not know
 */
export function conditionsHold(conditions: Statement['Condition'], context: RequestContext): boolean {
  return Object.entries(conditions ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) =>
      holds(operator, contextValues(context, key), many(wanted).map(String), context),
    ),
  );
}

function holds(
  operator: string,
  given: readonly string[] | undefined,
  wanted: readonly string[],
  context: RequestContext,
): boolean {
  const { set, name, ifExists } = parseOperator(operator);
  if (name === 'null') return wanted.some((value) => (value.toLowerCase() === 'true') === (given === undefined));
  const negated = negations[name];
  const test = tests[negated ?? name];
  if (!test) throw new Error(`condition operator ${operator} is not one of IAM's`);
  const matches = (value: string) => wanted.some((one) => testOne(test, one, value, context)) === !negated;
  if (set === 'forallvalues') return (given ?? []).every(matches);
  if (given === undefined) return ifExists || (negated !== undefined && set === undefined);
  return set === 'foranyvalue' ? given.some(matches) : given.length > 0 && given.every(matches);
}

function testOne(test: Test, wanted: string, given: string, context: RequestContext): boolean {
  const value = substitute(wanted, context);
  return value !== undefined && test(value, given);
}

function parseOperator(operator: string): { set?: string; name: string; ifExists: boolean } {
  const lower = operator.toLowerCase();
  const [first = '', second] = lower.split(':');
  const base = second ?? first;
  const name = base.replace(/ifexists$/, '');
  return { ...(second !== undefined && { set: first }), name, ifExists: name !== base };
}

function dateMs(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

function inRange(wanted: string, given: string): boolean {
  const [network = '', prefix] = wanted.split('/');
  const family = isIP(network);
  if (family === 0 || isIP(given) !== family) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix), type);
  return list.check(given, type);
}

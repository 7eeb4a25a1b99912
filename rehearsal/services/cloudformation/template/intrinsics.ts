import { cidrBlocks } from '../../../core/cidr';
import { invalid, isRecord, splitAttribute } from './template';

/** What the intrinsic functions of a template can see. */
export interface Scope {
  /** Parameters, pseudo parameters and physical ids; `undefined` for AWS::NoValue. */
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  mapping(name: string, first: string, second: string): unknown;
  condition(name: string): boolean;
  importValue(name: string): unknown;
  /** An output of another stack. */
  stackOutput(stackName: string, outputName: string, region: string | undefined): unknown;
  availabilityZones(region: string): readonly string[];
}

type Intrinsic = (argument: unknown, scope: Scope) => unknown;

/**
 * The value with every intrinsic function replaced by its value. `AWS::NoValue` removes the property or list item.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 * @throws AwsError ValidationError for a function that is used wrongly
 */
export function resolve(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, scope)).filter((item) => item !== undefined);
  if (!isRecord(value)) return value;
  if (isIntrinsic(value)) {
    const [name = '', argument] = Object.entries(value)[0] ?? [];
    return (intrinsics[name] as Intrinsic)(argument, scope);
  }
  const entries = Object.entries(value).map(([key, item]) => [key, resolve(item, scope)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

/** A condition function's or named condition's truth. */
export function truth(value: unknown, scope: Scope): boolean {
  if (isRecord(value) && typeof value.Condition === 'string') return scope.condition(value.Condition);
  const resolved = resolve(value, scope);
  return resolved === true || resolved === 'true';
}

/** Whether an object is the call of one intrinsic function. */
export function isIntrinsic(value: Readonly<Record<string, unknown>>): boolean {
  const [key, more] = Object.keys(value);
  return key !== undefined && more === undefined && Object.hasOwn(intrinsics, key);
}

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, scope) => scope.ref(text(name, 'Ref')),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId, attribute] = Array.isArray(argument) ? (argument as unknown[]) : splitAttribute(String(argument));
    return scope.getAtt(text(logicalId, 'Fn::GetAtt'), text(resolve(attribute, scope), 'Fn::GetAtt'));
  },
  'Fn::Sub': substitute,
  'Fn::Join': (argument, scope) => {
    const [separator, items] = list(argument, 'Fn::Join', 2);
    const parts = resolve(items, scope);
    if (!Array.isArray(parts)) throw invalid('Template error: every Fn::Join object requires two parameters');
    return parts.map((part) => text(part, 'Fn::Join')).join(String(separator));
  },
  'Fn::Select': (argument, scope) => {
    const [index, items] = list(argument, 'Fn::Select', 2);
    const from = resolve(items, scope);
    const at = Number(resolve(index, scope));
    const selected = Array.isArray(from) ? (from as unknown[])[at] : undefined;
    if (selected === undefined)
      throw invalid(`Template error: Fn::Select cannot select nonexistent value at index ${at}`);
    return selected;
  },
  'Fn::Split': (argument, scope) => {
    const [separator, source] = list(argument, 'Fn::Split', 2);
    return text(resolve(source, scope), 'Fn::Split').split(String(separator));
  },
  'Fn::If': (argument, scope) => {
    const [name, whenTrue, whenFalse] = list(argument, 'Fn::If', 3);
    return resolve(scope.condition(String(name)) ? whenTrue : whenFalse, scope);
  },
  'Fn::And': (argument, scope) => (argument as unknown[]).every((item) => truth(item, scope)),
  'Fn::Or': (argument, scope) => (argument as unknown[]).some((item) => truth(item, scope)),
  'Fn::Not': (argument, scope) => !truth((argument as unknown[])[0], scope),
  'Fn::Equals': (argument, scope) => {
    const [left, right] = list(resolve(argument, scope), 'Fn::Equals', 2);
    return JSON.stringify(scalarText(left)) === JSON.stringify(scalarText(right));
  },
  'Fn::Contains': (argument, scope) => {
    const [items, item] = list(resolve(argument, scope), 'Fn::Contains', 2);
    return (items as unknown[]).map(String).includes(String(item));
  },
  'Fn::FindInMap': (argument, scope) => {
    const [name, first, second] = list(resolve(argument, scope), 'Fn::FindInMap', 3);
    return scope.mapping(String(name), String(first), String(second));
  },
  'Fn::Base64': (argument, scope) => Buffer.from(text(resolve(argument, scope), 'Fn::Base64')).toString('base64'),
  'Fn::Cidr': (argument, scope) => {
    const [block, count, bits] = resolve(argument, scope) as unknown[];
    return cidrBlocks(String(block), Number(count), bits === undefined ? undefined : Number(bits));
  },
  'Fn::GetAZs': (argument, scope) => {
    const region = resolve(argument, scope);
    return scope.availabilityZones(region === '' ? String(scope.ref('AWS::Region')) : String(region));
  },
  'Fn::ImportValue': (argument, scope) => scope.importValue(text(resolve(argument, scope), 'Fn::ImportValue')),
  // A weak reference, without an export:
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
  'Fn::GetStackOutput': (argument, scope) => {
    const { StackName, OutputName, Region } = resolve(argument, scope) as Readonly<Record<string, unknown>>;
    const region = Region === undefined ? undefined : text(Region, 'Fn::GetStackOutput');
    return scope.stackOutput(text(StackName, 'Fn::GetStackOutput'), text(OutputName, 'Fn::GetStackOutput'), region);
  },
  'Fn::ToJsonString': (argument, scope) => JSON.stringify(resolve(argument, scope)),
  'Fn::Length': (argument, scope) => (resolve(argument, scope) as unknown[]).length,
};

function substitute(argument: unknown, scope: Scope): string {
  const [template, variables] = Array.isArray(argument) ? (argument as unknown[]) : [argument, {}];
  const own = isRecord(variables) ? variables : {};
  return String(template).replace(subExpression, (_match, literal: string | undefined, name: string | undefined) => {
    if (literal !== undefined) return `\${${literal}}`;
    const key = (name as string).trim();
    if (key in own) return text(resolve(own[key], scope), 'Fn::Sub');
    return text(key.includes('.') ? scope.getAtt(...splitAttribute(key)) : scope.ref(key), 'Fn::Sub');
  });
}

/** `${!Literal}` or `${Name}`. */
export const subExpression = /\$\{!([^}]*)\}|\$\{([^}!][^}]*)\}/g;

function list(value: unknown, name: string, length: number): unknown[] {
  if (!Array.isArray(value) || value.length !== length) {
    throw invalid(`Template error: every ${name} object requires ${length} parameters`);
  }
  return value;
}

function text(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw invalid(`Template error: ${name} expects a string, received ${JSON.stringify(value)}`);
}

/** CloudFormation compares template scalars as text: `1` equals `"1"`. */
function scalarText(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}

/**
 * How each service reports an input that breaks its model: code and wording, as recorded on AWS and as the pages in
 * docs/fidelity/wire.md have them.
 */
import { AwsError } from '../service';
import type { Violation } from './input';
import { type Rule, rulesOf } from './rules';
import type { ServiceModel, ShapeModel } from './model';
import { isObject } from './types';

type Report = (violations: readonly Violation[], service: Reporting) => AwsError;

interface Reporting {
  readonly model: ServiceModel;
  readonly operation: string;
  readonly code: string;
}

/** The error for at least one violation. */
export function reportOf(
  prefix: string,
  violations: readonly Violation[],
  about: { readonly model: ServiceModel; readonly operation: string },
): AwsError {
  const code = codeOf(prefix);
  return (REPORTS[prefix] ?? reportAll)(violations, { ...about, code });
}

/** The code for an input that breaks a rule of the model. */
export function codeOf(prefix: string): string {
  return CODES[prefix] ?? 'ValidationException';
}

/** The code for an input of a wrong type, which no JSON service gets as far as to validate. */
export function codeOfWrongType(prefix: string, isQuery: boolean): string {
  if (prefix === 'ec2') return 'InvalidParameterValue';
  if (prefix === 's3') return 'InvalidArgument';
  return isQuery ? 'MalformedInput' : 'SerializationException';
}

/** Where it is not ValidationException. */
const CODES: Readonly<Record<string, string>> = {
  cloudformation: 'ValidationError',
  cloudwatch: 'ValidationError',
  ec2: 'InvalidParameterValue',
  ecr: 'InvalidParameterException',
  ecs: 'InvalidParameterException',
  elasticloadbalancing: 'ValidationError',
  iam: 'ValidationError',
  logs: 'InvalidParameterException',
  s3: 'InvalidArgument',
  sns: 'ValidationError',
  sts: 'ValidationError',
};

const REPORTS: Readonly<Record<string, Report>> = {
  cloudwatch: reportCloudWatch,
  codedeploy: reportCodeDeploy,
  ec2: reportEc2,
  ecr: reportEcr,
  iam: reportIam,
  logs: reportLogs,
  sns: reportSns,
};

/** `2 validation errors detected: Value 'x' at 'name' failed to satisfy constraint: ...; Value ...` */
function reportAll(violations: readonly Violation[], { code, model }: Reporting, show = shown): AwsError {
  const count = violations.length;
  const parts = violations.map(({ place, value, shape, rule }) => {
    const text = show(model, shape, value);
    return `Value ${text}at '${place}' failed to satisfy constraint: ${constraint(rule, shape)}`;
  });
  const head = `${count} validation error${count === 1 ? '' : 's'} detected`;
  return new AwsError(code, `${head}: ${parts.join('; ')}`);
}

function constraint(rule: Rule, shape: ShapeModel): string {
  switch (rule.kind) {
    case 'items':
      return `Member must satisfy constraint: [${constraintsOf(shape)}]`;
    case 'keys':
      return `Map keys must satisfy constraint: [${constraintsOf(shape)}]`;
    case 'values':
      return `Map value must satisfy constraint: [${constraintsOf(shape)}]`;
    default:
      return `Member must ${demand(rule)}`;
  }
}

/** Of an item: lengths before the pattern, and AWS adds that a number or one of an enum must be there. */
function constraintsOf(shape: ShapeModel): string {
  const rules = rulesOf(shape);
  const demands = [
    ...rules.filter(({ kind }) => kind !== 'pattern'),
    ...rules.filter(({ kind }) => kind === 'pattern'),
  ];
  const isRequired = shape.enum !== undefined || ['integer', 'long', 'double', 'float'].includes(shape.type);
  const all: readonly Rule[] = isRequired ? [...demands, { kind: 'required' }] : demands;
  return all.map((rule) => `Member must ${demand(rule)}`).join(', ');
}

function demand(rule: Rule): string {
  switch (rule.kind) {
    case 'pattern':
      return `satisfy regular expression pattern: ${rule.pattern}`;
    case 'lengthMax':
      return `have length less than or equal to ${rule.limit}`;
    case 'lengthMin':
      return `have length greater than or equal to ${rule.limit}`;
    case 'max':
      return `have value less than or equal to ${rule.limit}`;
    case 'min':
      return `have value greater than or equal to ${rule.limit}`;
    case 'enum':
      return `satisfy enum value set: [${rule.values.join(', ')}]`;
    default:
      return 'not be null';
  }
}

/** With the space after it: what is secret is left out. */
function shown(model: ServiceModel, shape: ShapeModel, value: unknown): string {
  if (value === null) return 'null ';
  return shape.sensitive ? '' : `'${asJava(model, shape, value)}' `;
}

/** A value as Java's toString writes it. */
function asJava(model: ServiceModel, shape: ShapeModel, value: unknown): string {
  const inner = (name: string, each: unknown) =>
    asJava(model, model.shapes[name] ?? ({ type: name } as ShapeModel), each);
  if (Array.isArray(value)) {
    const items = value.map((item) => (shape.type === 'list' ? inner(shape.member, item) : String(item)));
    return `[${items.join(', ')}]`;
  }
  if (!isObject(value)) return String(value);
  if (shape.type === 'structure') {
    const name = Object.keys(model.shapes).find((each) => model.shapes[each] === shape) ?? '';
    const members = Object.entries(shape.members).map(
      ([member, type]) =>
        `${member.charAt(0).toLowerCase()}${member.slice(1)}=${value[member] === undefined ? 'null' : inner(type, value[member])}`,
    );
    return `${name}(${members.join(', ')})`;
  }
  return `{${Object.entries(value)
    .map(([key, each]) => `${key}=${shape.type === 'map' ? inner(shape.value, each) : String(each)}`)
    .join(', ')}}`;
}

/** `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must have length greater than or equal to 2'` */
function reportEcr(violations: readonly Violation[], { code }: Reporting): AwsError {
  const [first] = violations;
  const rule = first?.rule.kind === 'pattern' ? `must satisfy regular expression '${first.rule.pattern}'` : undefined;
  const text = rule ?? `must ${first ? demand(first.rule) : ''}`;
  return new AwsError(code, `Invalid parameter at '${first?.place ?? ''}' failed to satisfy constraint: '${text}'`);
}

/** IAM names no values, and has a sentence of its own for names. */
function reportIam(violations: readonly Violation[], service: Reporting): AwsError {
  const [first] = violations;
  if (first?.rule.kind === 'pattern' && first.rule.pattern === '[\\w+=,.@-]+') {
    const rule = 'It must contain only alphanumeric characters and/or the following: +=,.@_-';
    return new AwsError(service.code, `The specified value for ${first.place} is invalid. ${rule}`);
  }
  const { message, code } = reportAll(violations, service, (_model, _shape, value) => (value === null ? 'null ' : ''));
  return new AwsError(code, message.replace(/(satisfy enum value set): \[[^\]]*\]/g, '$1'));
}

/** Names that are too long have one sentence, as recorded. */
function reportLogs(violations: readonly Violation[], service: Reporting): AwsError {
  const isTooLong = violations.some(
    ({ rule, path }) => rule.kind === 'lengthMax' && /^log(Group|Stream)Name$/.test(path.join('.')),
  );
  if (!isTooLong) return reportAll(violations, service);
  const sentence = 'Invalid LogGroup or LogStream, both must have length less than or equal to 512.';
  return new AwsError(service.code, sentence);
}

/** A missing text at the top has a sentence of SNS's own. */
function reportSns(violations: readonly Violation[], service: Reporting): AwsError {
  const [first] = violations;
  if (first?.rule.kind === 'required' && first.path.length === 1 && first.shape.type === 'string') {
    return new AwsError(
      'InvalidParameter',
      `Invalid parameter: ${first.path[0]} Reason: no value for required parameter`,
    );
  }
  return reportAll(violations, service);
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html: MissingParameter */
function reportCloudWatch(violations: readonly Violation[], service: Reporting): AwsError {
  const missing = violations.find(({ rule }) => rule.kind === 'required');
  const declared = service.model.operations[service.operation]?.errors ?? [];
  if (!missing || !declared.includes('MissingParameter')) return reportAll(violations, service);
  const place = missing.place.replace(
    /(^|\.)([a-z])(?!ember\b)/g,
    (_, dot: string, letter: string) => dot + letter.toUpperCase(),
  );
  return new AwsError(
    'MissingParameter',
    `The parameter ${place.replace(/(\w+)\.(\d+)\.member/g, '$1.member.$2')} is required.`,
  );
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
function reportEc2(violations: readonly Violation[], { code }: Reporting): AwsError {
  const [first] = violations;
  const name = first?.place ?? '';
  switch (first?.rule.kind) {
    case 'required':
      return new AwsError('MissingParameter', `The request must contain the parameter ${first.path.at(-1) ?? name}`);
    case 'min':
      return new AwsError(
        code,
        `Value ( ${String(first.value)} ) for parameter ${name} is invalid. Expecting a value greater than or equal to ${first.rule.limit}.`,
      );
    case 'max':
      return new AwsError(
        code,
        `Value ( ${String(first.value)} ) for parameter ${name} is invalid. Expecting a value less than or equal to ${first.rule.limit}.`,
      );
    default:
      return new AwsError(code, `Value (${String(first?.value)}) for parameter ${name} is invalid.`);
  }
}

/**
 * CodeDeploy declares an error for almost every member, `ApplicationNameRequiredException` and `InvalidRevisionException`:
 * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeployment.html#API_CreateDeployment_Errors
 */
function reportCodeDeploy(violations: readonly Violation[], service: Reporting): AwsError {
  const [first] = violations;
  const declared = service.model.operations[service.operation]?.errors ?? [];
  const code = first && declaredFor(first, declared);
  if (code === undefined) return reportAll(violations, service);
  return new AwsError(code, service.model.sentences?.[code] ?? code);
}

/** Filters whose errors do not have their names. */
const SYNONYMS: Readonly<Record<string, string>> = { IncludeOnlyStatuses: 'DeploymentStatus' };

function declaredFor({ path, rule }: Violation, declared: readonly string[]): string | undefined {
  for (const member of [...path].reverse()) {
    const upper = member.charAt(0).toUpperCase() + member.slice(1);
    const name = SYNONYMS[upper] ?? upper.replace(/(?<!u)s$/, '');
    const found = declared.find((code) => {
      if (rule.kind === 'required') return code.endsWith(`${name}RequiredException`);
      if (code === `${name}TooLongException`) return rule.kind === 'lengthMax';
      const about = /^Invalid(.*)Exception$/.exec(code)?.[1];
      return about !== undefined && (about.endsWith(name) || name.startsWith(about));
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

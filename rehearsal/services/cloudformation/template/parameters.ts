import { INTERNAL, type World } from '../../../core/service';
import type { ParameterValue } from '../state';
import { invalid, type ParameterDefinition, type Template } from './template';

/** A parameter as CreateStack and CreateChangeSet take it. */
export interface GivenParameter {
  readonly ParameterKey: string;
  readonly ParameterValue?: string;
  readonly UsePreviousValue?: boolean | string;
}

/**
 * The values of a template's parameters: given, else kept, else default; SSM types are looked up.
 * @throws AwsError ValidationError as CloudFormation for missing, unknown and disallowed values
 */
export async function parameterValues(
  world: World,
  template: Template,
  given: readonly GivenParameter[],
  previous: readonly ParameterValue[],
): Promise<ParameterValue[]> {
  const declared = template.Parameters ?? {};
  const unknown = given.map((one) => one.ParameterKey).filter((key) => !(key in declared));
  if (unknown.length > 0) throw invalid(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const texts = Object.entries(declared).map(([key, definition]) => ({
    key,
    definition,
    value: textOf(key, definition, given, previous),
  }));
  const missing = texts.filter(({ value }) => value === undefined).map(({ key }) => key);
  if (missing.length > 0) throw invalid(`Parameters: [${missing.join(', ')}] must have values`);
  return Promise.all(
    texts.map(({ key, definition, value }) => parameterValue(world, key, definition, value as string)),
  );
}

function textOf(
  key: string,
  definition: ParameterDefinition,
  given: readonly GivenParameter[],
  previous: readonly ParameterValue[],
): string | undefined {
  const one = given.find((each) => each.ParameterKey === key);
  if (one && String(one.UsePreviousValue) === 'true') return previous.find((old) => old.key === key)?.value;
  if (one?.ParameterValue !== undefined) return one.ParameterValue;
  return definition.Default === undefined ? undefined : scalar(definition.Default);
}

async function parameterValue(
  world: World,
  key: string,
  definition: ParameterDefinition,
  value: string,
): Promise<ParameterValue> {
  const allowed = definition.AllowedValues?.map(scalar);
  if (allowed && !allowed.includes(value)) {
    throw invalid(`Parameter '${key}' must be one of AllowedValues`);
  }
  if (definition.AllowedPattern !== undefined && !new RegExp(`^(?:${definition.AllowedPattern})$`).test(value)) {
    throw invalid(`Parameter '${key}' must match pattern ${definition.AllowedPattern}`);
  }
  const ssmType = /^AWS::SSM::Parameter::Value<(.*)>$/.exec(definition.Type)?.[1];
  const stored = ssmType === undefined ? value : await readSsm(world, value);
  const type = ssmType ?? definition.Type;
  const isList = type === 'CommaDelimitedList' || type.startsWith('List<');
  return {
    key,
    value,
    resolved: isList ? stored.split(',').map((item) => item.trim()) : stored,
    ssm: ssmType !== undefined,
    noEcho: String(definition.NoEcho) === 'true',
  };
}

/** @throws AwsError ValidationError `Unable to fetch parameters [...] from parameter store for this account.` */
async function readSsm(world: World, name: string): Promise<string> {
  try {
    const response = await world.call<{ Parameter: { Value: string } }>(INTERNAL, 'ssm', 'GetParameter', {
      Name: name,
    });
    return response.Parameter.Value;
  } catch {
    throw invalid(`Unable to fetch parameters [${name}] from parameter store for this account.`);
  }
}

function scalar(value: unknown): string {
  return Array.isArray(value) ? value.map(scalar).join(',') : String(value);
}

const dynamicReference = /\{\{resolve:(ssm|ssm-secure|secretsmanager):([^}]+)\}\}/g;

/**
 * The value with every `{{resolve:ssm:name:version}}` read from SSM, and every
 * `{{resolve:secretsmanager:id:SecretString:key:stage:version}}` from Secrets Manager.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html
 * @throws AwsError ValidationError for a parameter that does not exist; Secrets Manager's own for a secret
 */
export async function resolveDynamicReferences(world: World, value: unknown): Promise<unknown> {
  if (typeof value === 'string') return resolveText(world, value);
  if (Array.isArray(value)) return Promise.all(value.map((item) => resolveDynamicReferences(world, item)));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(async ([key, item]) => [key, await resolveDynamicReferences(world, item)]);
  return Object.fromEntries(await Promise.all(entries));
}

async function resolveText(world: World, text: string): Promise<string> {
  let resolved = text;
  for (const [whole, service, name = ''] of text.matchAll(dynamicReference)) {
    if (service === 'secretsmanager') {
      const value = await readSecret(world, name);
      resolved = resolved.replace(whole, () => value);
      continue;
    }
    const value = await readSsm(world, name.replace(/:\d+$/, ''));
    resolved = resolved.replace(whole, () => value);
  }
  return resolved;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html */
async function readSecret(world: World, reference: string): Promise<string> {
  const parts = reference.split(':');
  // An ARN has seven parts of its own.
  const idParts = reference.startsWith('arn:') ? 7 : 1;
  const SecretId = parts.slice(0, idParts).join(':');
  const [, key = '', stage = '', version = ''] = parts.slice(idParts);
  const input = { SecretId, ...(stage && { VersionStage: stage }), ...(version && { VersionId: version }) };
  const response = await world.call<{ SecretString?: string }>(INTERNAL, 'secretsmanager', 'GetSecretValue', input);
  const text = response.SecretString ?? '';
  if (key === '') return text;
  const missing = invalid(`Could not find a value associated with JSONKey in SecretString: ${key}`);
  try {
    const value = (JSON.parse(text) as Record<string, unknown>)[key];
    if (value === undefined) throw missing;
    return typeof value === 'string' ? value : JSON.stringify(value);
  } catch {
    throw missing;
  }
}

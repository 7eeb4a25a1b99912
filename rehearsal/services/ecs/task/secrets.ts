/** Secrets of a task definition: read as the execution role before a container starts, given to it as environment. */
import { arn, type Principal, type World } from '../../../core/service';
import { reasonOf } from './reason';
import type { ContainerDefinition } from '../shapes';

const LEAD =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:';

/**
 * Value by environment variable.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
 * @throws Error the task's stopped reason
 */
export async function readSecrets(
  world: World,
  role: Principal | undefined,
  container: ContainerDefinition,
): Promise<Readonly<Record<string, string>>> {
  const secrets = container.secrets ?? [];
  if (secrets.length === 0) return {};
  if (!role) throw new Error(`${LEAD} the task definition has no execution role`);
  const values = await Promise.all(
    secrets.map(async ({ name, valueFrom }) => [name, await valueOf(world, role, valueFrom)] as const),
  );
  return Object.fromEntries(values);
}

function valueOf(world: World, role: Principal, valueFrom: string): Promise<string> {
  const [, , service] = valueFrom.split(':');
  return service === 'secretsmanager' ? secretOf(world, role, valueFrom) : parameterOf(world, role, valueFrom);
}

interface GetParameters {
  readonly Parameters: readonly { readonly Value: string }[];
}

/** By name, or by the ARN of a parameter, whose name begins with a slash where it is a path. */
async function parameterOf(world: World, role: Principal, valueFrom: string): Promise<string> {
  const path = valueFrom.startsWith('arn:') ? valueFrom.slice(valueFrom.indexOf(':parameter/') + 11) : undefined;
  const name = path === undefined ? valueFrom : path.includes('/') ? `/${path}` : path;
  const input = { Names: [name], WithDecryption: true };
  const { Parameters } = await world
    .call<GetParameters>(role, 'ssm', 'GetParameters', input)
    .catch((error: unknown) => fail('ssm', reasonOf(error)));
  return Parameters[0]?.Value ?? fail('ssm', `invalid ssm parameters: ${name}`);
}

/** `arn:aws:secretsmanager:<region>:<account>:secret:<name>-<random>[:<json key>:<version stage>:<version id>]` */
async function secretOf(world: World, role: Principal, valueFrom: string): Promise<string> {
  const [name = '', key, VersionStage, VersionId] = valueFrom.split(':').slice(6);
  const input = {
    SecretId: arn(world, 'secretsmanager', `secret:${name}`),
    ...(VersionStage && { VersionStage }),
    ...(VersionId && { VersionId }),
  };
  const { SecretString: text = '' } = await world
    .call<{ SecretString?: string }>(role, 'secretsmanager', 'GetSecretValue', input)
    .catch((error: unknown) => fail('asm', reasonOf(error)));
  return key ? memberOf(text, key) : text;
}

function memberOf(text: string, key: string): string {
  let members: unknown;
  try {
    members = JSON.parse(text);
  } catch {
    return fail('asm', `retrieved secret from Secrets Manager is no JSON, so it has no key ${key}`);
  }
  const value = (members as Readonly<Record<string, unknown>> | null)?.[key];
  if (value === undefined) {
    return fail('asm', `retrieved secret from Secrets Manager did not contain json key ${key}`);
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * The words of https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html, and
 * of those who met them: https://github.com/HHS/simpler-grants-gov/pull/4330
 */
function fail(store: 'ssm' | 'asm', why: string): never {
  const what = store === 'ssm' ? 'secrets' : 'secret';
  throw new Error(`${LEAD} unable to retrieve ${what} from ${store}: service call has been retried 1 time(s): ${why}`);
}

import { generatedName } from '../../core/ids';
import { arn, AwsError, type ResourceState, type ResourceType, type World } from '../../core/service';
import { type CodeSource, type FunctionProperties, readConfiguration } from './configuration';
import type { Layers } from './layers';
import { isPython } from './python';
import type { EnvironmentPool } from './pool';
import { type Alias, DEFAULT_ASYNC, type LambdaFunction, type LambdaState, parseReference } from './state';

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export interface LambdaParts {
  readonly world: World;
  readonly state: LambdaState;
  readonly pool: Pick<EnvironmentPool, 'retire'>;
  readonly source: CodeSource;
  readonly layers: Layers;
}

export function lambdaResourceTypes(parts: LambdaParts): Readonly<Record<string, ResourceType>> {
  return {
    'AWS::Lambda::Function': lambdaFunction(parts),
    'AWS::Lambda::LayerVersion': parts.layers.resourceType,
    'AWS::Lambda::Version': version(parts),
    'AWS::Lambda::Alias': alias(parts),
    'AWS::Lambda::EventInvokeConfig': eventInvokeConfig(parts),
    'AWS::Lambda::Permission': permission(parts),
  };
}

function lambdaFunction(parts: LambdaParts): ResourceType<FunctionProperties> {
  const { world, state, pool } = parts;
  const describe = (fn: LambdaFunction): ResourceState => ({ physicalId: fn.name, attributes: { Arn: fn.arn } });
  return {
    create: async (request) => {
      const name =
        request.properties.FunctionName ?? generatedName(request, world.ids.token(12, ALPHANUMERIC), NAME_LENGTH_MAX);
      if (state.functions.has(name))
        throw new AwsError('ResourceConflictException', `Function already exist: ${name}`, 409);
      await demandInterfaces(world, name, request.properties);
      const fn: LambdaFunction = {
        name,
        arn: arn(world, 'lambda', `function:${name}`),
        latest: await readLatest(parts, name, request.properties),
        versions: new Map(),
        aliases: new Map(),
        asyncConfigurations: new Map(),
      };
      state.functions.set(name, fn);
      return describe(fn);
    },
    update: async ({ properties, current }) => {
      const fn = find(state, current.physicalId);
      const former = fn.latest.revision;
      fn.latest = await readLatest(parts, fn.name, properties);
      pool.retire(former);
      return describe(fn);
    },
    delete: ({ current }) => {
      const fn = state.functions.get(current.physicalId);
      state.functions.delete(current.physicalId);
      for (const { revision } of fn ? [fn.latest, ...fn.versions.values()] : []) pool.retire(revision);
    },
  };
}

const INTERFACE_ACTIONS = [
  ['CreateNetworkInterface', 'DemandCreateNetworkInterface'],
  ['DescribeNetworkInterfaces', 'DescribeNetworkInterfaces'],
  ['DescribeSubnets', 'DescribeSubnets'],
  ['DeleteNetworkInterface', 'DemandDeleteNetworkInterface'],
] as const;

/**
 * Lambda makes and removes the interfaces of a function in a VPC as the function's role.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 * @throws AwsError InvalidParameterValueException in AWS's words
 */
export async function demandInterfaces(
  world: World,
  name: string,
  { Role, VpcConfig }: Pick<FunctionProperties, 'Role' | 'VpcConfig'>,
): Promise<void> {
  if (!VpcConfig?.SubnetIds?.length) return;
  const principal = world.principalOf(Role, name);
  for (const [action, operation] of INTERFACE_ACTIONS) {
    await world.call(principal, 'ec2', operation, {}).catch(() => {
      const message = `The provided execution role does not have permissions to call ${action} on EC2`;
      throw new AwsError('InvalidParameterValueException', message);
    });
  }
}

async function readLatest({ world, source, layers }: LambdaParts, name: string, properties: FunctionProperties) {
  const wanted = properties.Layers ?? [];
  const python = isPython(properties.Runtime ?? '');
  const ignored = python ? layers.unknown(wanted) : wanted;
  if (ignored.length > 0) {
    const detail = `${name}: layers are rehearsed for functions of Python, where a stack of the rehearsal makes them`;
    world.events.record('lambda', 'layers-ignored', detail, { layers: ignored });
  }
  const layersDirectory = python ? await layers.layOut(wanted) : undefined;
  const configuration = await readConfiguration(world, source, name, properties);
  return {
    version: '$LATEST',
    revision: world.ids.uuid(),
    configuration: { ...configuration, ...(layersDirectory !== undefined && { layersDirectory }) },
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
const NAME_LENGTH_MAX = 64;

function find(state: LambdaState, reference: string): LambdaFunction {
  const { name } = parseReference(reference);
  const fn = state.functions.get(name);
  if (!fn) throw new AwsError('ResourceNotFoundException', `Function not found: ${reference}`, 404);
  return fn;
}

/** Immutable: the CDK gives a changed function's version a new logical id. */
function version({ state, world }: LambdaParts): ResourceType<{ FunctionName: string; Description?: string }> {
  return {
    create: ({ properties }) => {
      const fn = find(state, properties.FunctionName);
      const number = String(Math.max(0, ...[...fn.versions.keys()].map(Number)) + 1);
      fn.versions.set(number, { version: number, revision: world.ids.uuid(), configuration: fn.latest.configuration });
      const versionArn = `${fn.arn}:${number}`;
      return { physicalId: versionArn, attributes: { Version: number, FunctionArn: versionArn } };
    },
    update: ({ current }) => current,
    // The number is kept, so that the next version does not take it again.
    delete: () => {},
  };
}

interface AliasProperties {
  readonly Name: string;
  readonly FunctionName: string;
  readonly FunctionVersion: string;
  readonly RoutingConfig?: {
    readonly AdditionalVersionWeights?: readonly {
      readonly FunctionVersion: string;
      readonly FunctionWeight: number;
    }[];
  };
}

function alias({ state }: LambdaParts): ResourceType<AliasProperties> {
  const put = (properties: AliasProperties): ResourceState => {
    const fn = find(state, properties.FunctionName);
    const weights = properties.RoutingConfig?.AdditionalVersionWeights ?? [];
    const entry: Alias = {
      name: properties.Name,
      version: properties.FunctionVersion,
      weights: Object.fromEntries(weights.map((weight) => [weight.FunctionVersion, Number(weight.FunctionWeight)])),
    };
    fn.aliases.set(entry.name, entry);
    const aliasArn = `${fn.arn}:${entry.name}`;
    return { physicalId: aliasArn, attributes: { AliasArn: aliasArn } };
  };
  return {
    create: ({ properties }) => put(properties),
    update: ({ properties }) => put(properties),
    delete: ({ properties }) => {
      state.functions.get(parseReference(properties.FunctionName).name)?.aliases.delete(properties.Name);
    },
  };
}

interface EventInvokeProperties {
  readonly FunctionName: string;
  readonly Qualifier: string;
  readonly MaximumRetryAttempts?: number | string;
  readonly MaximumEventAgeInSeconds?: number | string;
}

function eventInvokeConfig({ state }: LambdaParts): ResourceType<EventInvokeProperties> {
  const put = (properties: EventInvokeProperties): void => {
    const age = properties.MaximumEventAgeInSeconds;
    find(state, properties.FunctionName).asyncConfigurations.set(properties.Qualifier, {
      retries: Number(properties.MaximumRetryAttempts ?? DEFAULT_ASYNC.retries),
      maximumAgeMs: age === undefined ? DEFAULT_ASYNC.maximumAgeMs : Number(age) * 1000,
    });
  };
  return {
    create: ({ properties, logicalId }) => {
      put(properties);
      return { physicalId: `${logicalId}-${properties.Qualifier}`, attributes: {} };
    },
    update: ({ properties, current }) => {
      put(properties);
      return current;
    },
    delete: ({ properties }) => {
      const fn = state.functions.get(parseReference(properties.FunctionName).name);
      fn?.asyncConfigurations.delete(properties.Qualifier);
    },
  };
}

/** Inert: within an account the caller's own policy decides, and no service here relies on a resource policy. */
function permission({ state, world }: LambdaParts): ResourceType<{ FunctionName: string }> {
  return {
    create: ({ stackName, logicalId, properties }) => {
      find(state, properties.FunctionName);
      return { physicalId: `${stackName}-${logicalId}-${world.ids.token(12, ALPHANUMERIC)}`, attributes: {} };
    },
  };
}

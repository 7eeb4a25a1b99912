import { arn, AwsError, type Operations, type World } from '../../core/service';
import { publicParameter } from './public-parameters';
import type { Parameter, SsmState } from './state';

type SsmWorld = Pick<World, 'clock' | 'region' | 'accountId'>;

interface PutParameterInput {
  readonly Name: string;
  readonly Value: string;
  readonly Type?: Parameter['type'];
  readonly Overwrite?: boolean;
}

/** `arn:aws:ssm:<region>:<account>:parameter/<name without a leading slash>`; an ARN is its own. */
export function parameterArn(world: Pick<World, 'region' | 'accountId'>, name: string): string {
  if (name.startsWith('arn:')) return name;
  if (name.startsWith('/aws/service/')) return arn({ ...world, accountId: '' }, 'ssm', `parameter${name}`);
  return arn(world, 'ssm', `parameter/${name.replace(/^\//, '')}`);
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Operations.html */
export function ssmOperations(world: SsmWorld, state: SsmState): Operations {
  /** "The name or Amazon Resource Name (ARN) of the parameter" */
  const find = (name: string) => {
    if (!name.startsWith('arn:')) return state.get(name) ?? publicParameter(name, world.clock.now());
    return [...state.values()].find((parameter) => parameterArn(world, parameter.name) === name);
  };
  return {
    GetParameter: {
      resources: ({ Name }: { Name: string }) => [parameterArn(world, Name)],
      handle: ({ Name, WithDecryption }: { Name: string; WithDecryption?: boolean }) => {
        const found = find(Name);
        if (!found) throw new AwsError('ParameterNotFound', `Parameter ${Name} not found.`);
        return { Parameter: describe(world, found, WithDecryption) };
      },
    },
    GetParameters: {
      resources: ({ Names }: { Names: readonly string[] }) => Names.map((name) => parameterArn(world, name)),
      handle: ({ Names, WithDecryption }: { Names: readonly string[]; WithDecryption?: boolean }) => {
        const found = Names.map(find).filter((parameter) => parameter !== undefined);
        return {
          Parameters: found.map((parameter) => describe(world, parameter, WithDecryption)),
          InvalidParameters: Names.filter((name) => !find(name)),
        };
      },
    },
    PutParameter: {
      resources: ({ Name }: PutParameterInput) => [parameterArn(world, Name)],
      handle: (input: PutParameterInput) => ({ Version: putParameter(world, state, input).version, Tier: 'Standard' }),
    },
    DeleteParameter: {
      resources: ({ Name }: { Name: string }) => [parameterArn(world, Name)],
      handle: ({ Name }: { Name: string }) => {
        if (!state.delete(Name)) throw new AwsError('ParameterNotFound', `Parameter ${Name} not found.`);
        return {};
      },
    },
    ...batchOperations(world, state),
    ...tagOperations(world, state),
  };
}

function describe(world: SsmWorld, parameter: Parameter, decrypted = false) {
  return {
    Name: parameter.name,
    Type: parameter.type,
    Value: decrypted || parameter.type !== 'SecureString' ? parameter.value : cipherOf(parameter),
    Version: parameter.version,
    LastModifiedDate: new Date(parameter.modifiedAtMs),
    ARN: parameterArn(world, parameter.name),
    DataType: 'text',
  };
}

function batchOperations(world: SsmWorld, state: SsmState): Operations {
  return {
    DeleteParameters: {
      resources: ({ Names }: { Names: readonly string[] }) => Names.map((name) => parameterArn(world, name)),
      handle: ({ Names }: { Names: readonly string[] }) => {
        const deleted = Names.filter((name) => state.delete(name));
        return { DeletedParameters: deleted, InvalidParameters: Names.filter((name) => !deleted.includes(name)) };
      },
    },
    GetParametersByPath: {
      resources: ({ Path }: { Path: string }) => [parameterArn(world, Path)],
      handle: ({
        Path,
        Recursive,
        WithDecryption,
      }: {
        Path: string;
        Recursive?: boolean;
        WithDecryption?: boolean;
      }) => {
        const folder = Path.endsWith('/') ? Path : `${Path}/`;
        const found = [...state.values()].filter(
          ({ name }) => name.startsWith(folder) && (Recursive || !name.slice(folder.length).includes('/')),
        );
        return { Parameters: found.map((parameter) => describe(world, parameter, WithDecryption)) };
      },
    },
  };
}

interface Tagged {
  readonly ResourceType: string;
  readonly ResourceId: string;
}

/** Of parameters: the CDK marks so which ones another region's stack imports. */
function tagOperations(world: SsmWorld, state: SsmState): Operations {
  const resources = ({ ResourceId }: Tagged) => [parameterArn(world, ResourceId)];
  const find = ({ ResourceType, ResourceId }: Tagged): Parameter => {
    if (ResourceType !== 'Parameter') {
      throw new AwsError('InvalidResourceType', `${ResourceType}: the rehearsal has tags of parameters only`);
    }
    const found = state.get(ResourceId);
    if (!found) throw new AwsError('InvalidResourceId', `The resource ID is not valid: ${ResourceId}`);
    return found;
  };
  return {
    AddTagsToResource: {
      resources,
      handle: (input: Tagged & { Tags: readonly { Key: string; Value: string }[] }) => {
        const parameter = find(input);
        const added = Object.fromEntries(input.Tags.map(({ Key, Value }) => [Key, Value]));
        state.set(parameter.name, { ...parameter, tags: { ...parameter.tags, ...added } });
        return {};
      },
    },
    RemoveTagsFromResource: {
      resources,
      handle: (input: Tagged & { TagKeys: readonly string[] }) => {
        const parameter = find(input);
        const remaining = Object.entries(parameter.tags ?? {}).filter(([key]) => !input.TagKeys.includes(key));
        state.set(parameter.name, { ...parameter, tags: Object.fromEntries(remaining) });
        return {};
      },
    },
    ListTagsForResource: {
      resources,
      handle: (input: Tagged) => ({
        TagList: Object.entries(find(input).tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
      }),
    },
  };
}

/** What a SecureString shows without decryption; keys are not modelled. */
function cipherOf({ name, version }: Parameter): string {
  return Buffer.from(`encrypted ${name} ${version}`).toString('base64');
}

/** @throws AwsError ParameterAlreadyExists */
export function putParameter(world: Pick<World, 'clock'>, state: SsmState, input: PutParameterInput): Parameter {
  const before = state.get(input.Name);
  if (before && !input.Overwrite) {
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  const parameter: Parameter = {
    name: input.Name,
    type: input.Type ?? before?.type ?? 'String',
    value: input.Value,
    version: (before?.version ?? 0) + 1,
    modifiedAtMs: world.clock.now(),
    ...(before?.tags && { tags: before.tags }),
  };
  state.set(input.Name, parameter);
  return parameter;
}

import { createCloudFormation, Responses } from '../../../rehearsal/services/cloudformation';
import { schemaOf } from '../../../rehearsal/services/cloudformation/schema/schemas';
import type { ResourceSchema } from '../../../rehearsal/services/cloudformation/schema/types';
import { INTERNAL, type Operations, type ResourceType, type World } from '../../../rehearsal/core/service';
import { testWorld } from './world';

export interface Thing {
  readonly Size?: unknown;
  readonly Name?: unknown;
  readonly Fail?: unknown;
  readonly DelayMs?: number;
  readonly [name: string]: unknown;
}

/** An in-memory account: `Test::Thing` lives in `things` by physical id, and `calls` has what was asked of it. */
export function account(options: { types?: Record<string, ResourceType>; lambda?: (event: CustomEvent) => void } = {}) {
  const world = testWorld();
  const things = new Map<string, Thing>();
  const calls: string[] = [];
  /** `update A`: what fails, whatever its properties say. */
  const refuse = new Set<string>();
  const act = async (verb: string, logicalId: string, properties: Thing, delayMs: number | undefined) => {
    calls.push(`${verb} ${logicalId}`);
    if (delayMs) await world.clock.sleep(delayMs);
    if (refuse.has(`${verb} ${logicalId}`) || properties.Fail === verb || properties.Fail === 'always')
      throw new Error(`${logicalId} cannot ${verb}`);
  };
  const thing = thingType(world, things, act);
  const objects = new Map<string, string>();
  const responses = new Responses();
  const service = createCloudFormation(world, {
    responses,
    schemas: (type) => (type === 'Test::Thing' ? thingSchema : schemaOf(type)),
    resourceTypes: { 'Test::Thing': thing, ...options.types },
    readObject: async (bucket, key) => {
      const found = objects.get(`${bucket}/${key}`);
      if (found === undefined) throw new Error('The specified key does not exist.');
      return found;
    },
  });
  world.add(service);
  world.add({ prefix: 'lambda', operations: lambdaOperations(options.lambda) });
  world.add({
    prefix: 'ssm',
    operations: {
      GetParameter: {
        handle: ({ Name }: { Name: string }) => {
          if (!Name.startsWith('/known')) throw new Error('ParameterNotFound');
          return { Parameter: { Name, Value: `value of ${Name}` } };
        },
      },
    },
  });
  const call = <T = Record<string, never>>(operation: string, input: unknown) =>
    world.call<T>(INTERNAL, 'cloudformation', operation, input);
  return { world, service, responses, things, calls, refuse, objects, call, ...flows(world, call) };
}

type Act = (verb: string, logicalId: string, properties: Thing, delayMs: number | undefined) => Promise<void>;

const thingSchema: ResourceSchema = {
  members: Object.fromEntries(
    ['Size', 'Name', 'Fail', 'DelayMs', 'Deps', 'X', 'Zone'].map((name) => [name, 'json'] as const),
  ),
  attributes: ['Arn', 'Size'],
  replaces: ['Name'],
};

/** `Test::Thing`: `Name` replaces it, everything else updates it. */
function thingType(world: World, things: Map<string, Thing>, act: Act): ResourceType<Thing> {
  return {
    create: async ({ logicalId, properties }) => {
      await act('create', logicalId, properties, properties.DelayMs);
      const physicalId = `${logicalId}-${world.ids.hex(6)}`;
      things.set(physicalId, properties);
      return { physicalId, attributes: { Arn: `arn:${physicalId}`, Size: properties.Size } };
    },
    update: async ({ logicalId, properties, current }) => {
      await act('update', logicalId, properties, properties.DelayMs);
      things.set(current.physicalId, properties);
      return { ...current, attributes: { Arn: `arn:${current.physicalId}`, Size: properties.Size } };
    },
    delete: async ({ logicalId, properties, current }) => {
      await act('delete', logicalId, properties, undefined);
      things.delete(current.physicalId);
    },
  };
}

type Call = <T>(operation: string, input: unknown) => Promise<T>;

export interface StackDescription {
  readonly StackId: string;
  readonly StackStatus: string;
  readonly StackStatusReason?: string;
  readonly Outputs: readonly { OutputKey: string; OutputValue: string }[];
  readonly Parameters: readonly { ParameterKey: string; ParameterValue: string; ResolvedValue?: string }[];
}

export interface Event {
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId: string;
  readonly ResourceStatus: string;
  readonly ResourceStatusReason?: string;
}

function flows(world: ReturnType<typeof testWorld>, call: Call) {
  const describe = async (name = 'App'): Promise<StackDescription> => {
    const { Stacks } = await call<{ Stacks: StackDescription[] }>('DescribeStacks', { StackName: name });
    return Stacks[0] as StackDescription;
  };
  const settled = async (name: string): Promise<StackDescription> => {
    for (let minute = 0; minute < 400; minute++) {
      await world.clock.advance(60_000);
      const stack = await describe(name);
      if (!stack.StackStatus.endsWith('_IN_PROGRESS')) return stack;
    }
    throw new Error(`stack ${name} never settles: ${(await describe(name)).StackStatus}`);
  };
  const create = async (template: unknown, more: object = {}) => {
    const { StackId } = await call<{ StackId: string }>('CreateStack', {
      StackName: 'App',
      TemplateBody: JSON.stringify(template),
      ...more,
    });
    return settled(StackId);
  };
  const update = async (template: unknown, more: object = {}) => {
    await call('UpdateStack', { StackName: 'App', TemplateBody: JSON.stringify(template), ...more });
    return settled('App');
  };
  const events = async (name = 'App'): Promise<string[]> => {
    const { StackEvents } = await call<{ StackEvents: Event[] }>('DescribeStackEvents', { StackName: name });
    const oldestFirst = [...StackEvents].reverse();
    return oldestFirst.map(({ LogicalResourceId, ResourceStatus, ResourceStatusReason }) =>
      [LogicalResourceId, ResourceStatus, ...(ResourceStatusReason ? [ResourceStatusReason] : [])].join(' | '),
    );
  };
  return { describe, settled, create, update, events };
}

export interface CustomEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly RequestId: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceType: string;
  readonly ResourceProperties: Record<string, unknown>;
  readonly OldResourceProperties?: Record<string, unknown>;
}

function lambdaOperations(invoke: ((event: CustomEvent) => void) | undefined): Operations {
  return {
    Invoke: {
      handle: ({ InvocationType, Payload }: { InvocationType: string; Payload: string }) => {
        if (InvocationType !== 'Event') throw new Error(`InvocationType ${InvocationType}`);
        invoke?.(JSON.parse(Payload) as CustomEvent);
        return { StatusCode: 202 };
      },
    },
  };
}

/** A template of things: `{ A: { Size: 1 } }`, each with its properties. */
export function things(resources: Record<string, Thing>, more: Record<string, object> = {}) {
  const entries = Object.entries(resources).map(([id, Properties]) => [
    id,
    { Type: 'Test::Thing', Properties, ...more[id] },
  ]);
  return { Resources: Object.fromEntries(entries) as Record<string, unknown> };
}

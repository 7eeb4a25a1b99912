import { notModelled } from '../../core/coverage';
import type { ResourceType, World } from '../../core/service';
import { CustomResources } from './custom-resource';
import { inertAttribute, inertState, type InertResource } from './inert';
import type { Scope } from './template/intrinsics';
import type { Changeability } from './plan';
import type { Responses } from './responses';
import { schemaOf, type SchemaLookup } from './schema/schemas';
import type { ResourceSchema } from './schema/types';
import { createScope } from './template/scope';
import type { ResourceRecord, Source, Stack, StackOptions } from './state';
import { invalid, isRecord, type Properties } from './template/template';

/** The CDK's own record of what a template was made with. */
const METADATA = 'AWS::CDK::Metadata';

const never = () => new Promise<never>(() => undefined);
const standingStill: ResourceType = { create: never, update: never, delete: never };

/** The resource types and stacks that every deployment works with. */
export class Engine {
  readonly stacks: Stack[] = [];
  readonly custom: CustomResources;
  private readonly inert: (InertResource & { readonly stackId: string })[] = [];
  private stopped = false;

  private readonly resourceTypes: Record<string, ResourceType>;

  constructor(
    readonly world: World,
    resourceTypes: Readonly<Record<string, ResourceType>>,
    responses: Responses,
    /** The engines of all accounts and regions, by `<account>/<region>`. */
    private readonly engines: Map<string, Engine> = new Map(),
    private readonly schemas: SchemaLookup = schemaOf,
  ) {
    engines.set(`${world.accountId}/${world.region}`, this);
    this.resourceTypes = { ...resourceTypes };
    this.custom = new CustomResources(world, responses);
  }

  /** Deployments stand still where they are: no resource is worked on any more, not even by a rollback. */
  stop(): void {
    this.stopped = true;
  }

  /** A type that needs the engine itself. */
  register(type: string, behaviour: ResourceType): void {
    this.resourceTypes[type] = behaviour;
  }

  /** The behaviour of a type: a service's, a custom resource's, or the inert one. */
  typeOf(type: string): ResourceType {
    return this.stopped ? standingStill : this.behaviourOf(type);
  }

  private behaviourOf(type: string): ResourceType {
    if (CustomResources.isCustom(type)) return this.custom.typeFor(type);
    return this.resourceTypes[type] ?? this.inertType(type);
  }

  /** Of a type of AWS; `undefined` for what has no schema: custom resources, private types and the CDK's metadata. */
  schemaOf(type: string): ResourceSchema | undefined {
    return CustomResources.isCustom(type) ? undefined : this.schemas(type);
  }

  /** Whether AWS has the type, or this account does. */
  isKnown(type: string): boolean {
    return (
      CustomResources.isCustom(type) ||
      type === METADATA ||
      type in this.resourceTypes ||
      this.schemas(type) !== undefined
    );
  }

  changeability(type: string): Changeability {
    return { schema: this.schemaOf(type) ?? {}, canUpdate: this.behaviourOf(type).update !== undefined };
  }

  /** Resources that exist now and have no behaviour here; CDK's own metadata does not count. */
  inertResources(): readonly InertResource[] {
    return this.inert.map(({ stackName, logicalId, type }) => ({ stackName, logicalId, type }));
  }

  /**
   * `Fn::GetAtt`. An unknown attribute fails the deployment, when it is reached:
   * https://github.com/ministackorg/ministack/pull/1628 has it from a real account.
   * @throws AwsError ValidationError for an attribute that the resource does not have
   */
  attributeOf(stack: Stack, record: ResourceRecord, attribute: string): unknown {
    const type = record.definition.Type;
    const value = lookup(record.state.attributes, attribute);
    if (value !== undefined) return value;
    if (CustomResources.isCustom(type)) {
      throw invalid(
        `CustomResource attribute error: Vendor response doesn't contain ${attribute} attribute in object ` +
          `${stack.id}|${record.logicalId}`,
      );
    }
    if (!this.hasAttribute(type, attribute)) {
      throw invalid(`Requested attribute ${attribute} does not exist in schema for ${type}`);
    }
    return inertAttribute(this.world, type, record, attribute);
  }

  /** As the schema of the type has it. Properties can be read too: recorded on AWS with the name of a topic. */
  private hasAttribute(type: string, attribute: string): boolean {
    const schema = this.schemaOf(type);
    if (!schema) return !(type in this.resourceTypes);
    const isOwn = schema.attributes.some((name) => attribute === name || attribute.startsWith(`${name}.`));
    return isOwn || (attribute.split('.')[0] ?? '') in schema.members;
  }

  /** The scope of a deployed template: a name resolves from the stack's records at the time. */
  scopeOf(stack: Stack, source: Source, options: StackOptions): Scope {
    const record = (logicalId: string): ResourceRecord => {
      const found = stack.records.get(logicalId);
      if (!found)
        throw invalid(`Unresolved resource dependencies [${logicalId}] in the Resources block of the template`);
      return found;
    };
    return createScope(this.world, {
      stackId: stack.id,
      stackName: stack.name,
      template: source.template,
      parameters: source.parameters,
      options,
      refResource: (logicalId) => record(logicalId).state.physicalId,
      attribute: (logicalId, attribute) => this.attributeOf(stack, record(logicalId), attribute),
      exported: (name) => this.exported(name),
      output: (stackName, outputName, region) => this.output(stackName, outputName, region),
    });
  }

  /** Of a stack of this account that exists, by its name or id. */
  output(stackName: string, outputName: string, region: string): string | undefined {
    const stacks = this.engines.get(`${this.world.accountId}/${region}`)?.stacks;
    const found = stacks?.find(
      ({ id, name, status }) => status !== 'DELETE_COMPLETE' && (id === stackName || name === stackName),
    );
    return found?.outputs.find(({ OutputKey }) => OutputKey === outputName)?.OutputValue;
  }

  exported(name: string): string | undefined {
    const outputs = this.stacks.filter((stack) => stack.status !== 'DELETE_COMPLETE').flatMap((stack) => stack.outputs);
    return outputs.find((output) => output.ExportName === name)?.OutputValue;
  }

  /** Reports what of a resource has no behaviour here. */
  noteNotModelled(stackName: string, logicalId: string, type: string, properties: Properties): void {
    if (CustomResources.isCustom(type) || type === METADATA || !type.startsWith('AWS::')) return;
    const { coverage } = this.behaviourOf(type);
    const whole = { property: '*', effect: 'the resource exists only as a record', decides: false };
    for (const found of coverage ? notModelled(coverage, properties) : [whole]) {
      const { property, effect } = found;
      this.world.events.record('cloudformation', 'not-modelled', `${logicalId} (${type}) ${property}: ${effect}`, {
        stackName,
        logicalId,
        type,
        ...found,
      });
    }
  }

  private inertType(type: string): ResourceType {
    return {
      create: (request) => {
        if (type !== METADATA) this.noteInert(type, request);
        return inertState(this.world, request, type);
      },
      update: ({ current }) => current,
      delete: (request) => {
        const at = this.inert.findIndex(
          (one) => one.stackId === request.stackId && one.logicalId === request.logicalId,
        );
        if (at >= 0) this.inert.splice(at, 1);
      },
    };
  }

  private noteInert(type: string, request: { stackName: string; stackId: string; logicalId: string }): void {
    const { stackName, stackId, logicalId } = request;
    this.inert.push({ stackName, stackId, logicalId, type });
    this.world.events.record('cloudformation', 'inert', `${logicalId}: ${type} has no behaviour here`, {
      stackName,
      logicalId,
      type,
    });
  }
}

/** `Endpoint.Address` is an attribute of that very name, or a member of the attribute `Endpoint`. */
function lookup(attributes: Readonly<Record<string, unknown>>, path: string): unknown {
  if (path in attributes) return attributes[path];
  let value: unknown = attributes;
  for (const part of path.split('.')) value = isRecord(value) ? value[part] : undefined;
  return value;
}

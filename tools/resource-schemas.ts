/**
 * Writes rehearsal/services/cloudformation/schema/resource-schemas.json: what CloudFormation accepts of each resource type.
 * Use: npx tsx tools/resource-schemas.ts <folder of schemas>
 *
 * Names, types, allowed values, attributes and replacements are those of @aws-cdk/aws-service-spec. It leaves out bounds, patterns
 * and whether a type is of the registry, and of some types it remembers an older replacement. These are from the registry's
 * schemas, which AWS publishes as CloudformationSchema.zip:
 * https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schemas.html
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Property, PropertyType, Resource, SpecDatabase, TypeDefinition } from '@aws-cdk/service-spec-types';
import type {
  Constraints,
  ResourceSchema,
  Structure,
  ValueType,
} from '../rehearsal/services/cloudformation/schema/types';

/** A node of a registry schema. */
interface Node extends Constraints {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly patternProperties?: Readonly<Record<string, Node>>;
}

interface Registry extends Node {
  readonly typeName: string;
  readonly definitions?: Readonly<Record<string, Node>>;
  readonly handlers?: object;
  readonly readOnlyProperties?: readonly string[];
  readonly createOnlyProperties?: readonly string[];
  readonly conditionalCreateOnlyProperties?: readonly string[];
}

const BOUNDS = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'] as const;

/** One resource type on its way into the table. */
class Writer {
  readonly definitions: Record<string, Structure> = {};
  /** Paths of properties, `a/b` and `a/*` in lists, whose change replaces the resource by the specification. */
  readonly replaces: string[] = [];

  constructor(
    private readonly db: SpecDatabase,
    private readonly registry: Registry | undefined,
  ) {}

  structure(properties: Readonly<Record<string, Property>>, node: Node | undefined, path: string): Structure {
    const entries = Object.entries(properties).filter(([, { deprecated }]) => String(deprecated) !== 'IGNORE');
    const required = entries
      .filter(([, { required: needed }]) => needed)
      .map(([name]) => name)
      .sort();
    const members = entries.map(([name, property]): [string, ValueType] => {
      const at = path === '' ? name : `${path}/${name}`;
      if (property.causesReplacement === 'yes') this.replaces.push(at);
      return [name, this.value(property.type, this.resolved(node?.properties?.[name]), at)];
    });
    // What is newer than the specification.
    const newer = Object.keys(node?.properties ?? {}).filter(
      (name) => !(name in properties) && !this.isReadOnly(path, name),
    );
    const all = [...members, ...newer.map((name) => [name, 'json'] as const)];
    return { ...(required.length > 0 && { required }), members: Object.fromEntries(all) };
  }

  private isReadOnly(path: string, name: string): boolean {
    const at = path === '' ? name : `${path}/${name}`;
    return (this.registry?.readOnlyProperties ?? []).some((pointer) => pathOf(pointer) === at);
  }

  private value(type: PropertyType, node: Node | undefined, path: string): ValueType {
    const constraints = constraintsOf(node);
    const plain = this.plain(type, node, path);
    return Object.keys(constraints).length > 0 ? { of: plain, ...constraints } : plain;
  }

  private plain(type: PropertyType, node: Node | undefined, path: string): ValueType {
    switch (type.type) {
      case 'array':
        return { list: this.value(type.element, this.resolved(node?.items), `${path}/*`) };
      case 'map': {
        const inner = Object.values(node?.patternProperties ?? {})[0];
        return { map: this.value(type.element, this.resolved(inner), `${path}/*`) };
      }
      case 'union':
        return { any: type.types.map((each) => this.plain(each, node, path)) };
      case 'ref':
        return this.definition(this.db.get('typeDefinition', type.reference), node, path);
      case 'string':
        return type.allowedValues ? { enum: type.allowedValues } : 'string';
      case 'integer':
        return type.allowedValues ? { enum: type.allowedValues.map(String) } : 'integer';
      case 'date-time':
        return 'string';
      case 'null':
        return 'json';
      default:
        return type.type;
    }
  }

  private definition({ name, properties }: TypeDefinition, node: Node | undefined, path: string): ValueType {
    if (!(name in this.definitions)) {
      this.definitions[name] = { members: {} };
      this.definitions[name] = this.structure(properties, node, path);
    }
    return { structure: name };
  }

  private resolved(node: Node | undefined): Node | undefined {
    const name = node?.$ref?.replace('#/definitions/', '');
    return name === undefined ? node : { ...this.registry?.definitions?.[name], ...node };
  }
}

function constraintsOf(node: Node | undefined): Constraints {
  const bounds = BOUNDS.flatMap((name) => (typeof node?.[name] === 'number' ? [[name, node[name]] as const] : []));
  const { pattern } = node ?? {};
  return { ...Object.fromEntries(bounds), ...(pattern !== undefined && compiles(pattern) && { pattern }) };
}

/** Patterns are Java's; the few that JavaScript cannot read are left out. */
function compiles(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

const pathOf = (pointer: string) => pointer.replace(/^\/properties\//, '').replace(/\/(items|properties)(?=\/|$)/g, '');

/** The registry's own list, where the type has handlers there. */
function replacements(writer: Writer, resource: Resource, registry: Registry | undefined): Partial<ResourceSchema> {
  const listed = (pointers: readonly string[] = []) => [...new Set(pointers.map(pathOf))].sort();
  const bySpec = [
    ...writer.replaces,
    ...(resource.additionalReplacementProperties ?? []).map((path) => path.join('/')),
  ];
  const replaces = registry?.handlers ? listed(registry.createOnlyProperties) : listed(bySpec);
  const maybe = listed(registry?.conditionalCreateOnlyProperties);
  return { ...(replaces.length > 0 && { replaces }), ...(maybe.length > 0 && { mayReplace: maybe }) };
}

function schemaOf(db: SpecDatabase, resource: Resource, registry: Registry | undefined): ResourceSchema {
  const writer = new Writer(db, registry);
  const { members, required } = writer.structure(resource.properties, registry, '');
  const { tagInformation: tags } = resource;
  // The specification writes all lists of tags alike; those of an Auto Scaling group have more in them.
  const loose = tags && tags.variant !== 'standard' ? { [tags.tagPropertyName]: 'json' as const } : {};
  return {
    ...(required && { required }),
    members: { ...members, ...loose },
    ...(Object.keys(writer.definitions).length > 0 && { definitions: writer.definitions }),
    attributes: Object.keys(resource.attributes).sort(),
    ...replacements(writer, resource, registry),
    ...(!registry?.handlers && { legacy: true }),
  };
}

/** A type that is newer than the specification. */
function registrySchema(registry: Registry): ResourceSchema {
  const attributes = (registry.readOnlyProperties ?? []).map((pointer) => pathOf(pointer).replaceAll('/', '.'));
  const names = Object.keys(registry.properties ?? {}).filter((name) => !attributes.includes(name));
  const replaces = (registry.createOnlyProperties ?? []).map(pathOf).sort();
  return {
    ...(registry.required && { required: registry.required.filter((name) => names.includes(name)) }),
    members: Object.fromEntries(names.map((name) => [name, 'json'])),
    attributes: attributes.sort(),
    ...(replaces.length > 0 && { replaces }),
    ...(!registry.handlers && { legacy: true }),
  };
}

const folder = process.argv[2];
if (folder === undefined) throw new Error('name the folder with the schemas of the CloudFormation registry');
const registries = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Registry);
const byName = new Map(registries.map((registry) => [registry.typeName, registry]));
const db = loadAwsServiceSpecSync();
const { version } = createRequire(__filename)('@aws-cdk/aws-service-spec/package.json') as { version: string };
const specified = [...db.all('resource')].map((resource): [string, ResourceSchema] => {
  const name = resource.cloudFormationType;
  return [name, schemaOf(db, resource, byName.get(name))];
});
const known = new Set(specified.map(([name]) => name));
const newer = registries
  .filter(({ typeName }) => !known.has(typeName))
  .map((each) => [each.typeName, registrySchema(each)] as const);
const lines = [...specified, ...newer]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, schema]) => `${name}\t${JSON.stringify(schema)}`);
const data = brotliCompressSync(lines.join('\n'), { params: { [constants.BROTLI_PARAM_SIZE_HINT]: 4_000_000 } });
const file = join(__dirname, '..', 'rehearsal', 'services', 'cloudformation', 'schema', 'resource-schemas.json');
const table = {
  specification: `@aws-cdk/aws-service-spec ${version}`,
  types: lines.length,
  data: data.toString('base64'),
};
writeFileSync(file, `${JSON.stringify(table, undefined, 2)}\n`);
console.log(`${lines.length} types, ${data.length} bytes`);

/**
 * Writes rehearsal/core/wire/input-shapes.json: the types of the input of each operation that the local AWS has, from AWS's own
 * models, as its SDK for JavaScript carries them. Use: npx tsx tools/input-shapes.ts
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { startLocalAws } from '../rehearsal/local-aws';
import type { InputShapes, Shape, Type } from '../rehearsal/core/wire/input';

/** Of each service, by the name under which requests are signed. */
const CLIENTS: Readonly<Record<string, string>> = {
  'application-autoscaling': 'application-auto-scaling',
  elasticloadbalancing: 'elastic-load-balancing-v2',
  events: 'eventbridge',
  logs: 'cloudwatch-logs',
  secretsmanager: 'secrets-manager',
  states: 'sfn',
};

type Sdk = Readonly<Record<string, unknown>>;

/** A schema of the SDK: a sentinel, `[kind, namespace, name, traits, ...]`, `[schema, traits]`, or a function to either. */
type Schema = number | string | readonly unknown[] | (() => Schema);

const KIND = { simple: 0, list: 1, map: 2, structure: 3, union: 4 };
/** Added to the sentinel of what a list, or a map, holds. */
const LIST_OF = 64;
const MAP_OF = 128;

function resolved(schema: Schema): number | string | readonly unknown[] {
  if (typeof schema === 'function') return resolved(schema());
  return Array.isArray(schema) && schema.length === 2 ? resolved(schema[0] as Schema) : (schema as number);
}

function sentinelType(sentinel: number): Type {
  if (sentinel >= MAP_OF) return { map: sentinelType(sentinel - MAP_OF) };
  if (sentinel >= LIST_OF) return { list: sentinelType(sentinel - LIST_OF) };
  if (sentinel === 0) return 'text';
  if (sentinel === 2) return 'boolean';
  if (sentinel >= 4 && sentinel <= 7) return 'time';
  return [1, 17, 19].includes(sentinel) ? 'number' : 'any';
}

/** Schemas of one service that were met, by name. */
class Shapes {
  readonly all: Record<string, Shape> = {};

  type(schema: Schema): Type {
    const found = resolved(schema);
    if (typeof found === 'number') return sentinelType(found);
    if (typeof found === 'string') return 'any';
    const [kind, , name, , inner, value] = found as [number, string, string, unknown, Schema, Schema];
    if (kind === KIND.list) return { list: this.type(inner) };
    if (kind === KIND.map) return { map: this.type(value) };
    if (kind === KIND.simple) return this.type(inner);
    this.add(name, found);
    return { structure: name };
  }

  private add(name: string, [, , , , names, schemas, required = 0]: readonly unknown[]): void {
    if (this.all[name]) return;
    const members: Record<string, Type> = {};
    this.all[name] = { required: required as number, members };
    (names as string[]).forEach((member, index) => {
      members[member] = this.type((schemas as Schema[])[index] ?? 15);
    });
  }
}

const load = createRequire(__filename);

function shapesOf(prefix: string, operations: readonly string[]): InputShapes[string] {
  const sdk = load(`@aws-sdk/client-${CLIENTS[prefix] ?? prefix}`) as Sdk;
  const shapes = new Shapes();
  const inputs: Record<string, string> = {};
  for (const name of operations) {
    const operation = sdk[`${name}$`] as readonly unknown[] | undefined;
    const type = operation && shapes.type(operation[4] as Schema);
    if (typeof type === 'object' && 'structure' in type) inputs[name] = type.structure;
  }
  return { inputs, shapes: shapes.all };
}

/** The file's content. */
export async function inputShapes(): Promise<InputShapes> {
  const aws = await startLocalAws({ speed: 1 });
  try {
    const services = aws.world
      .services()
      .map(({ prefix, operations }) => [prefix, Object.keys(operations).sort()] as const);
    return Object.fromEntries(services.map(([prefix, operations]) => [prefix, shapesOf(prefix, operations)]));
  } finally {
    await aws.stop();
  }
}

const FILE = join(__dirname, '..', 'rehearsal', 'core', 'wire', 'input-shapes.json');

async function main(): Promise<void> {
  const { format } = await import('prettier');
  writeFileSync(FILE, await format(JSON.stringify(await inputShapes()), { parser: 'json', printWidth: 120 }));
}

if (require.main === module) void main();

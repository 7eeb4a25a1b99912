/**
 * Writes rehearsal/core/models/data: what AWS's own models say about the operations that the local AWS has. The models are those
 * that botocore ships; its pinned version is downloaded into a temporary folder with pip.
 * Use: npx tsx tools/service-models.ts
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { startLocalAws } from '../rehearsal/local-aws';
import type { OperationModel, ServiceModel, ShapeModel } from '../rehearsal/core/models/model';

export const BOTOCORE = '1.44.8';

export const DATA = join(__dirname, '..', 'rehearsal', 'core', 'models', 'data');

/** Folders of botocore that are not named after the IAM prefix. */
const FOLDERS: Readonly<Record<string, string>> = { elasticloadbalancing: 'elbv2', states: 'stepfunctions' };

interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly required?: readonly string[];
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly sensitive?: boolean;
  readonly document?: boolean;
  readonly error?: { readonly code?: string };
  readonly documentation?: string;
}

interface Service {
  readonly metadata: { readonly apiVersion: string; readonly serviceId: string };
  readonly operations: Readonly<
    Record<
      string,
      { readonly input?: Named; readonly output?: Named; readonly errors?: readonly Named[] | undefined } | undefined
    >
  >;
  readonly shapes: Readonly<Record<string, Shape>>;
}

interface Named {
  readonly shape: string;
}

interface Paginator {
  readonly input_token: string | readonly string[];
  readonly output_token: string | readonly string[];
  readonly limit_key?: string;
  readonly more_results?: string;
  readonly result_key: string | readonly string[];
}

type Paginators = Readonly<Record<string, Paginator | undefined>>;

/** Types that need no shape of their own. */
const SIMPLE = ['string', 'integer', 'long', 'double', 'float', 'boolean', 'timestamp', 'blob'];

class Table {
  private readonly shapes: Record<string, ShapeModel> = {};

  constructor(
    private readonly service: Service,
    private readonly paginators: Paginators,
  ) {}

  model(operations: readonly string[]): ServiceModel {
    const models = operations.flatMap((name) => {
      const model = this.operation(name);
      return model ? [[name, model] as const] : [];
    });
    const shapes = Object.entries(this.shapes).sort(([a], [b]) => (a < b ? -1 : 1));
    const sentences = this.sentences(models.flatMap(([, { errors }]) => errors));
    return {
      source: `botocore ${BOTOCORE} (Apache-2.0, Copyright Amazon.com, Inc. or its affiliates)`,
      version: this.service.metadata.apiVersion,
      operations: Object.fromEntries(models),
      shapes: Object.fromEntries(shapes),
      ...(Object.keys(sentences).length > 0 && { sentences }),
    };
  }

  /** Of CodeDeploy's errors about one member, which nobody recorded: the API reference is the best source. */
  private sentences(errors: readonly string[]): Readonly<Record<string, string>> {
    if (this.service.metadata.serviceId !== 'CodeDeploy') return {};
    const about = [...new Set(errors)].filter((name) => /^Invalid|(Required|TooLong)Exception$/.test(name)).sort();
    const text = (name: string) => this.service.shapes[name]?.documentation?.replace(/<[^>]*>/g, '').trim() ?? '';
    return Object.fromEntries(about.map((name) => [name, /^.*?\.(?= |$)/s.exec(text(name))?.[0] ?? text(name)]));
  }

  private operation(name: string): OperationModel | undefined {
    const operation = this.service.operations[name];
    if (!operation) return undefined;
    const page = this.pagination(name);
    return {
      ...(operation.input && { input: this.reference(operation.input.shape) }),
      ...(operation.output && { output: this.reference(operation.output.shape) }),
      errors: (operation.errors ?? []).map(({ shape }) => this.service.shapes[shape]?.error?.code ?? shape).sort(),
      ...(page && { page }),
    };
  }

  /** As the paginators declare it, else from the members: a few list operations have no paginator. */
  private pagination(name: string): OperationModel['page'] {
    const declared = this.paginators[name];
    const input = this.members(this.service.operations[name]?.input);
    const output = this.members(this.service.operations[name]?.output);
    if (declared) {
      const { input_token, output_token, limit_key, more_results, result_key } = declared;
      const [token, next] = [input_token, output_token].map((each) => [each].flat()[0] ?? '') as [string, string];
      return { token, next, limit: limit_key, more: more_results, items: [result_key].flat() };
    }
    const token = Object.keys(input).find((each) => /^nexttoken$/i.test(each) && output[each] !== undefined);
    if (token === undefined) return undefined;
    const limit = Object.keys(input).find((each) => /^(maxresults|limit|maxrecords)$/i.test(each));
    const items = Object.keys(output).filter((each) => this.service.shapes[output[each]?.shape ?? '']?.type === 'list');
    return { token, next: token, limit, items };
  }

  private members(named: Named | undefined): Readonly<Record<string, Named>> {
    return this.service.shapes[named?.shape ?? '']?.members ?? {};
  }

  /** @returns the name of a simple type, or of a shape, which is then in the table */
  private reference(name: string): string {
    const shape = this.service.shapes[name];
    if (!shape) throw new Error(`the model has no shape ${name}`);
    const { type, min, max, pattern, sensitive } = shape;
    const limits = { min, max, pattern, enum: shape.enum, ...(sensitive && { sensitive }) };
    if (SIMPLE.includes(type) && Object.values(limits).every((each) => each === undefined)) return type;
    if (SIMPLE.includes(name)) throw new Error(`the shape ${name} has the name of a simple type`);
    if (this.shapes[name]) return name;
    const model: Record<string, unknown> = { type, ...limits, ...(shape.document && { document: true }) };
    this.shapes[name] = model as unknown as ShapeModel;
    if (shape.member) model.member = this.reference(shape.member.shape);
    if (shape.key) model.key = this.reference(shape.key.shape);
    if (shape.value) model.value = this.reference(shape.value.shape);
    if (shape.required) model.required = shape.required;
    if (shape.members) {
      const members = Object.entries(shape.members).map(([key, { shape: of }]) => [key, this.reference(of)]);
      model.members = Object.fromEntries(members);
    }
    return name;
  }
}

/** One line for each operation and shape: short, and a change is seen in a diff. */
export function written({ operations, shapes, sentences = {}, ...head }: ServiceModel): string {
  const lines = (entries: object) =>
    Object.entries(entries)
      .map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
      .join(',\n');
  const start = Object.entries(head).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`);
  const parts = Object.entries({ operations, shapes, sentences }).filter(([, part]) => Object.keys(part).length > 0);
  const body = parts.map(([name, part]) => `  "${name}": {\n${lines(part)}\n  }`);
  return `{\n${start.join('')}${body.join(',\n')}\n}\n`;
}

/** The operations of each service, by its IAM prefix. */
export async function offeredOperations(): Promise<ReadonlyMap<string, readonly string[]>> {
  const aws = await startLocalAws({ speed: 1 });
  try {
    return new Map(
      aws.world.services().map(({ prefix, operations }) => {
        const offered = Object.keys(operations).filter((name) => !operations[name]?.isPermission);
        return [prefix, offered.sort()] as const;
      }),
    );
  } finally {
    await aws.stop();
  }
}

function downloaded(folder: string): string {
  execFileSync('python3', ['-m', 'pip', 'download', `botocore==${BOTOCORE}`, '--no-deps', '-q', '-d', folder]);
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error(`pip downloaded no wheel of botocore ${BOTOCORE}`);
  execFileSync('python3', ['-m', 'zipfile', '-e', join(folder, wheel), folder]);
  return join(folder, 'botocore', 'data');
}

function modelOf(data: string, prefix: string, operations: readonly string[]): ServiceModel {
  const folder = join(data, FOLDERS[prefix] ?? prefix);
  const version = readdirSync(folder).sort().at(-1) ?? '';
  const service = JSON.parse(
    gunzipSync(readFileSync(join(folder, version, 'service-2.json.gz'))).toString(),
  ) as Service;
  const { pagination } = JSON.parse(readFileSync(join(folder, version, 'paginators-1.json'), 'utf8')) as {
    readonly pagination: Paginators;
  };
  return new Table(service, pagination).model(operations);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'botocore-'));
  try {
    const data = downloaded(folder);
    for (const name of readdirSync(DATA)) rmSync(join(DATA, name));
    for (const [prefix, operations] of await offeredOperations()) {
      writeFileSync(join(DATA, `${prefix}.json`), written(modelOf(data, prefix, operations)));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (require.main === module) void main();

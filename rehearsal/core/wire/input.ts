/**
 * Whether an input has the types of AWS's own model. Operations read what they are given as that, so an input of another
 * shape is refused before, as AWS refuses it. Pure.
 */
import { AwsError } from '../service';
import shapes from './input-shapes.json';

export type Type =
  | 'text'
  | 'number'
  | 'boolean'
  | 'time'
  | 'any'
  | { readonly list: Type }
  | { readonly map: Type }
  | { readonly structure: string };

export interface Shape {
  /** How many of the members, the first ones, must be there. */
  readonly required: number;
  readonly members: Readonly<Record<string, Type>>;
}

/** By service, then the shape of each operation's input by name. */
export type InputShapes = Readonly<
  Record<
    string,
    { readonly inputs: Readonly<Record<string, string>>; readonly shapes: Readonly<Record<string, Shape>> }
  >
>;

/** The file holds what tools/input-shapes.ts wrote: shapes of this type. */
const all = shapes as unknown as InputShapes;

/** JSON has types of its own; a query and headers carry only text. */
export type Values = 'json' | 'text';

/** How deep structures may be: no input of AWS's is deeper, and a deeper one would only cost time. */
const DEPTH_MAX = 40;

/**
 * The input without members that are null, which JSON's clients send for absent ones.
 * @throws AwsError SerializationException, in a query MalformedInput, with the place and the value received
 */
export function checkedInput(prefix: string, operation: string, input: unknown, values: Values): unknown {
  const service = all[prefix];
  const name = service?.inputs[operation];
  if (!service || name === undefined) return input;
  const problem = (place: string, value: unknown, expected: string) => {
    const message = `${place === '' ? 'the input' : place} is ${shown(value)}: expected ${expected}`;
    return new AwsError(values === 'json' ? 'SerializationException' : codeOfQuery(prefix), message);
  };
  return new Reader(service.shapes, values, problem).value({ structure: name }, input, '', 0);
}

/** EC2 has a code of its own: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const codeOfQuery = (prefix: string) =>
  prefix === 'ec2' ? 'InvalidParameterValue' : prefix === 's3' ? 'InvalidArgument' : 'MalformedInput';

/** @returns the first member that must be there and is not */
export function missingMember(prefix: string, operation: string, input: unknown): string | undefined {
  const service = all[prefix];
  const shape = service?.shapes[service.inputs[operation] ?? ''];
  if (!shape) return undefined;
  const given = (input ?? {}) as Readonly<Record<string, unknown>>;
  const names = Object.keys(shape.members).slice(0, shape.required);
  return names.find((name) => given[name] === undefined);
}

type Problem = (place: string, value: unknown, expected: string) => AwsError;

class Reader {
  constructor(
    private readonly shapes: Readonly<Record<string, Shape>>,
    private readonly values: Values,
    private readonly problem: Problem,
  ) {}

  /** @throws AwsError */
  value(type: Type, value: unknown, place: string, depth: number): unknown {
    if (depth > DEPTH_MAX) throw this.problem(place, value, `at most ${DEPTH_MAX} levels`);
    if (typeof type === 'string') return this.simple(type, value, place);
    if ('list' in type) {
      if (!Array.isArray(value)) throw this.problem(place, value, 'a list');
      return value.map((item, index) => this.value(type.list, item, `${place}[${index}]`, depth + 1));
    }
    if (!isObject(value)) throw this.problem(place, value, 'map' in type ? 'a map' : 'a structure');
    const members = 'map' in type ? undefined : (this.shapes[type.structure]?.members ?? {});
    const entries = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
    const checked = entries.map(([name, inner]) => {
      const known = 'map' in type ? type.map : members && Object.hasOwn(members, name) ? members[name] : undefined;
      // A member that the model does not have is none of AWS's: it is ignored there.
      return [name, known ? this.value(known, inner, place === '' ? name : `${place}.${name}`, depth + 1) : inner];
    });
    return Object.fromEntries(checked) as unknown;
  }

  private simple(type: 'text' | 'number' | 'boolean' | 'time' | 'any', value: unknown, place: string): unknown {
    if (type === 'any') return value;
    const isFine = this.values === 'json' ? isJson(type, value) : isText(type, value);
    if (!isFine) throw this.problem(place, value, EXPECTED[type]);
    return value;
  }
}

const EXPECTED = { text: 'text', number: 'a number', boolean: 'true or false', time: 'a time' } as const;

function isJson(type: keyof typeof EXPECTED, value: unknown): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number';
    case 'time':
      return typeof value === 'number' || (typeof value === 'string' && !Number.isNaN(Date.parse(value)));
  }
}

/** What the decoders made of text already is as good. */
function isText(type: keyof typeof EXPECTED, value: unknown): boolean {
  if (type === 'text') return typeof value !== 'object' || value instanceof Date;
  if (type === 'number')
    return typeof value === 'number' || (typeof value === 'string' && /^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(value.trim()));
  if (type === 'boolean') return typeof value === 'boolean' || value === 'true' || value === 'false';
  return (
    value instanceof Date ||
    typeof value === 'number' ||
    (typeof value === 'string' && !Number.isNaN(Date.parse(value)))
  );
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);

const SHOWN_LENGTH_MAX = 80;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= SHOWN_LENGTH_MAX ? text : `${text.slice(0, SHOWN_LENGTH_MAX)}...`;
}

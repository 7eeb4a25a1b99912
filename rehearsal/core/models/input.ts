/**
 * What an input breaks of AWS's model of the operation. Pure. How a service reports it is in `reports.ts`.
 */
import { brokenRules, type Rule } from './rules';
import type { ServiceModel, ShapeModel } from './model';
import { shapeOf } from './table';
import { EXPECTED, fromText, hasType, isObject } from './types';

/** JSON has types of its own; a query and headers carry only text. */
export type Values = 'json' | 'text';

/** How deep structures may be: no input of AWS's is deeper, and a deeper one would only cost time. */
const DEPTH_MAX = 40;

/** One rule that one value breaks. */
export interface Violation {
  /** As AWS writes it: `targets.1.member.id`. */
  readonly place: string;
  /** The names of the members on the way, as the model has them: `Targets`, `Id`. */
  readonly path: readonly string[];
  readonly value: unknown;
  /** Of the value, or of the items of the list or map that is the value. */
  readonly shape: ShapeModel;
  readonly rule: Rule;
}

export interface Checked {
  /** With numbers and booleans of a query as such, and without members that are null, which clients send for absent ones. */
  readonly input: unknown;
  readonly violations: readonly Violation[];
  /** Members that the model does not have. */
  readonly unknown: readonly string[];
}

/** A value of another type than the model's. */
export class WrongType extends Error {
  constructor(place: string, value: unknown, expected: string) {
    super(`${place === '' ? 'the input' : place} is ${shown(value)}: expected ${expected}`);
  }
}

/** @throws WrongType */
export function checkInput(model: ServiceModel, operation: string, input: unknown, values: Values): Checked {
  const name = model.operations[operation]?.input;
  const shape: ShapeModel = name === undefined ? { type: 'structure', members: {} } : shapeOf(model, name);
  return new InputCheck(model, values).run(shape, input ?? {});
}

interface Position {
  readonly place: string;
  readonly path: readonly string[];
  readonly depth: number;
}

class InputCheck {
  private readonly violations: Violation[] = [];
  private readonly unknown: string[] = [];

  constructor(
    private readonly model: ServiceModel,
    private readonly values: Values,
  ) {}

  run(shape: ShapeModel, input: unknown): Checked {
    const read = this.value(shape, input, { place: '', path: [], depth: 0 });
    return { input: read, violations: this.violations, unknown: this.unknown };
  }

  private value(shape: ShapeModel, value: unknown, at: Position): unknown {
    if (at.depth > DEPTH_MAX) throw new WrongType(at.place, value, `at most ${DEPTH_MAX} levels`);
    const own: Violation[] = [];
    const read = this.read(shape, value, at);
    for (const rule of brokenRules(shape, read)) own.push({ ...at, value: read, shape, rule });
    this.violations.push(...own);
    return read;
  }

  private read(shape: ShapeModel, value: unknown, at: Position): unknown {
    switch (shape.type) {
      case 'structure':
        return this.structure(shape, value, at);
      case 'list':
        return this.list(shape, value, at);
      case 'map':
        return this.map(shape, value, at);
      default: {
        const read = this.values === 'text' ? fromText(shape.type, value) : value;
        if (!hasType(shape.type, read)) throw new WrongType(at.place, value, EXPECTED[shape.type]);
        return read;
      }
    }
  }

  private structure(shape: ShapeModel & { type: 'structure' }, value: unknown, at: Position): unknown {
    if (shape.document) return value;
    if (!isObject(value)) throw new WrongType(at.place, value, 'a structure');
    const result: Record<string, unknown> = {};
    for (const [name, inner] of Object.entries(value)) {
      if (isAbsent(inner) || Object.hasOwn(shape.members, name)) continue;
      result[name] = inner;
      this.unknown.push([...at.path, name].join('.'));
    }
    for (const [name, type] of Object.entries(shape.members)) {
      const below = under(at, decapitalized(name), name);
      const inner = Object.hasOwn(value, name) ? value[name] : undefined;
      const member = shapeOf(this.model, type);
      if (!isAbsent(inner)) result[name] = this.value(member, inner, below);
      else if (shape.required?.includes(name)) {
        this.violations.push({ ...below, value: null, shape: member, rule: { kind: 'required' } });
      }
    }
    return result;
  }

  private list(shape: ShapeModel & { type: 'list' }, value: unknown, at: Position): unknown {
    if (!Array.isArray(value)) throw new WrongType(at.place, value, 'a list');
    const member = shapeOf(this.model, shape.member);
    const below = (index: number) => under(at, `${index + 1}.member`);
    if (isNested(member)) return value.map((item, index) => this.value(member, item, below(index)));
    const items = value.map((item, index) => this.read(member, item, below(index)));
    if (items.some((item) => brokenRules(member, item).length > 0)) {
      this.violations.push({ ...at, value: items, shape: member, rule: { kind: 'items' } });
    }
    return items;
  }

  private map(shape: ShapeModel & { type: 'map' }, value: unknown, at: Position): unknown {
    if (!isObject(value)) throw new WrongType(at.place, value, 'a map');
    const [key, inner] = [shapeOf(this.model, shape.key), shapeOf(this.model, shape.value)];
    const given = Object.entries(value).filter(([, each]) => !isAbsent(each));
    const read = given.map(([name, each]) =>
      isNested(inner)
        ? ([name, this.value(inner, each, under(at, `${name}.member`))] as const)
        : ([name, this.read(inner, each, under(at, name))] as const),
    );
    const result = Object.fromEntries(read);
    const breaks = (of: ShapeModel, values: readonly unknown[]) =>
      values.some((each) => brokenRules(of, each).length > 0);
    if (breaks(key, Object.keys(result)))
      this.violations.push({ ...at, value: result, shape: key, rule: { kind: 'keys' } });
    if (!isNested(inner) && breaks(inner, Object.values(result))) {
      this.violations.push({ ...at, value: result, shape: inner, rule: { kind: 'values' } });
    }
    return result;
  }
}

const isAbsent = (value: unknown) => value === null || value === undefined;

const isNested = ({ type }: ShapeModel) => type === 'structure' || type === 'list' || type === 'map';

function under({ place, path, depth }: Position, step: string, member?: string): Position {
  return {
    place: place === '' ? step : `${place}.${step}`,
    path: member === undefined ? path : [...path, member],
    depth: depth + 1,
  };
}

/** AWS names members as its Java classes do, also those that are upper case on the wire. */
function decapitalized(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

const SHOWN_LENGTH_MAX = 80;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= SHOWN_LENGTH_MAX ? text : `${text.slice(0, SHOWN_LENGTH_MAX)}...`;
}

/** Whether an output is one of AWS's model: what a client in another language would not understand is a fault of the rehearsal. */
import type { ServiceModel, ShapeModel } from './model';
import { shapeOf } from './table';
import { EXPECTED, hasType, isObject } from './types';

/** @returns what is wrong, with places; empty for an output that AWS could send */
export function outputProblems(model: ServiceModel, operation: string, output: unknown): readonly string[] {
  const name = model.operations[operation]?.output;
  const shape: ShapeModel = name === undefined ? { type: 'structure', members: {} } : shapeOf(model, name);
  const visitor = new Visitor(model);
  visitor.visit(shape, output ?? {});
  return visitor.problems;
}

/** Every response of every call comes through here, so a place is written only for a problem. */
class Visitor {
  readonly problems: string[] = [];
  /** Names of members and keys, and indexes of lists. */
  private readonly path: (string | number)[] = [];

  constructor(private readonly model: ServiceModel) {}

  visit(of: ShapeModel, value: unknown): void {
    if (of.type === 'structure' && of.document) return;
    if (of.type === 'structure') this.visitStructure(of.members, value);
    else if (of.type === 'list') this.visitList(of.member, value);
    else if (of.type === 'map') this.visitMap(of.value, value);
    else if (!hasType(of.type, value)) this.report(value, EXPECTED[of.type]);
    else if (of.enum && !of.enum.includes(String(value))) this.report(value, `one of ${of.enum.join(', ')}`);
  }

  private visitStructure(members: Readonly<Record<string, string>>, value: unknown): void {
    if (!isObject(value)) return this.report(value, 'a structure');
    for (const member of Object.keys(value)) {
      const inner = value[member];
      if (inner === undefined || inner === null) continue;
      const type = Object.hasOwn(members, member) ? members[member] : undefined;
      if (type === undefined) this.problems.push(`${this.place([...this.path, member])} is no member of the model's`);
      else this.visitBelow(member, type, inner);
    }
  }

  private visitList(type: string, value: unknown): void {
    if (!Array.isArray(value)) return this.report(value, 'a list');
    value.forEach((item, index) => this.visitBelow(index, type, item));
  }

  private visitMap(type: string, value: unknown): void {
    if (!isObject(value)) return this.report(value, 'a map');
    for (const key of Object.keys(value)) this.visitBelow(key, type, value[key]);
  }

  private visitBelow(step: string | number, type: string, value: unknown): void {
    this.path.push(step);
    this.visit(shapeOf(this.model, type), value);
    this.path.pop();
  }

  private report(value: unknown, expected: string): void {
    this.problems.push(`${this.place(this.path)} is ${JSON.stringify(value)}: expected ${expected}`);
  }

  private place([first, ...rest]: readonly (string | number)[]): string {
    if (first === undefined) return 'the output';
    return String(first) + rest.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  }
}

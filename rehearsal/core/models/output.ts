/** Whether an output is one of AWS's model: what a client in another language would not understand is a fault of the rehearsal. */
import type { ServiceModel, ShapeModel } from './model';
import { shapeOf } from './table';
import { EXPECTED, hasType, isObject } from './types';

/** @returns what is wrong, with places; empty for an output that AWS could send */
export function outputProblems(model: ServiceModel, operation: string, output: unknown): readonly string[] {
  const name = model.operations[operation]?.output;
  const shape: ShapeModel = name === undefined ? { type: 'structure', members: {} } : shapeOf(model, name);
  const problems: string[] = [];
  visit(shape, output ?? {}, '');
  return problems;

  function visit(of: ShapeModel, value: unknown, place: string): void {
    const wrong = (expected: string) =>
      void problems.push(`${place === '' ? 'the output' : place} is ${JSON.stringify(value)}: expected ${expected}`);
    if (of.type === 'structure') {
      if (!isObject(value)) return wrong('a structure');
      for (const [member, inner] of Object.entries(value)) {
        if (inner === undefined || inner === null) continue;
        const type = Object.hasOwn(of.members, member) ? of.members[member] : undefined;
        const below = place === '' ? member : `${place}.${member}`;
        if (type === undefined) problems.push(`${below} is no member of the model's`);
        else visit(shapeOf(model, type), inner, below);
      }
    } else if (of.type === 'list') {
      if (!Array.isArray(value)) return wrong('a list');
      value.forEach((item, index) => visit(shapeOf(model, of.member), item, `${place}[${index}]`));
    } else if (of.type === 'map') {
      if (!isObject(value)) return wrong('a map');
      for (const [key, inner] of Object.entries(value)) visit(shapeOf(model, of.value), inner, `${place}.${key}`);
    } else if (!hasType(of.type, value)) wrong(EXPECTED[of.type]);
    else if (of.enum && !of.enum.includes(String(value))) wrong(`one of ${of.enum.join(', ')}`);
  }
}

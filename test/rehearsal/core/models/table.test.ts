import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ShapeModel } from '../../../../rehearsal/core/models/model';
import { compiled, rulesOf } from '../../../../rehearsal/core/models/rules';
import { modelOf, shapeOf } from '../../../../rehearsal/core/models/table';
import { nonEmpty } from '../../../support/non-empty';
import { BOTOCORE, DATA, offeredOperations } from '../../../../tools/service-models';

test('the models are of exactly the operations that the local AWS has: run tools/service-models.ts', async () => {
  const offered = [...(await offeredOperations())].flatMap(([prefix, names]) =>
    names.map((name) => `${prefix}:${name}`),
  );
  const modelled = readdirSync(DATA).flatMap((file) => {
    const prefix = file.slice(0, -5);
    return Object.keys(modelOf(prefix).operations).map((name) => `${prefix}:${name}`);
  });
  expect(modelled.sort()).toEqual(offered.sort());
});

const TABLES = nonEmpty(readdirSync(DATA));

test.each(TABLES)('%s names its source and licence', (file) => {
  expect(JSON.parse(readFileSync(join(DATA, file), 'utf8'))).toMatchObject({
    source: expect.stringContaining(`botocore ${BOTOCORE} (Apache-2.0`) as string,
  });
});

test.each(TABLES)('%s has each shape that it refers to, and patterns that compile', (file) => {
  const model = modelOf(file.slice(0, -5));
  const shapes = nonEmpty(Object.values(model.shapes));
  const used = shapes.flatMap(namesIn);
  expect(used.filter((name) => shapeOf(model, name) === undefined)).toEqual([]);
  const patterns = shapes.flatMap((shape) =>
    rulesOf(shape).flatMap((rule) => (rule.kind === 'pattern' ? [rule.pattern] : [])),
  );
  expect(patterns.map(compiled).filter((pattern) => !(pattern instanceof RegExp))).toEqual([]);
});

function namesIn(shape: ShapeModel): readonly string[] {
  if (shape.type === 'structure') return Object.values(shape.members);
  if (shape.type === 'list') return [shape.member];
  return shape.type === 'map' ? [shape.key, shape.value] : [];
}

import { schemaErrors, schemaProblem } from '../../../smoke/suite/json-schema';

const DRAFT_07 = 'http://json-schema.org/draft-07/schema#';

test.each([
  [{}],
  [{ type: 'object', properties: { id: { type: 'integer' } }, unevaluatedProperties: false }],
  [{ $schema: DRAFT_07, type: 'array', items: [{ type: 'string' }] }],
])('%j is a schema', (schema) => expect(schemaProblem(schema)).toBeUndefined());

test.each([
  [{ type: 'text' }],
  [{ minimum: '1' }],
  [{ properties: [] }],
  [{ $ref: '#/$defs/gone' }],
  [{ $ref: 'https://example.com/order.json' }],
  // Items by place were a list until draft-07.
  [{ type: 'array', items: [{ type: 'string' }] }],
  [{ $schema: DRAFT_07, type: 'text' }],
])('%j is refused before a release, with the reason', (schema) => {
  expect(schemaProblem(schema)).toMatch(/^not a JSON Schema \(.+\)$/);
});

test('every place that breaks a schema is named, and in a large document the first', () => {
  const schema = { type: 'array', items: { type: 'integer' } };
  expect(schemaErrors(schema, [1, 'a', 'b'], 10).map(({ pointer }) => pointer)).toEqual(['/1', '/2']);
  expect(schemaErrors(schema, [1, 'a', 'b'], 50_000)).toHaveLength(2);
  expect(schemaErrors(schema, [1, 'a', 'b'], 50_001).map(({ pointer }) => pointer)).toEqual(['/1']);
  expect(schemaErrors(schema, [1, 2], 10)).toEqual([]);
});

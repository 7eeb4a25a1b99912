import { type Assembly, PrimitiveType, type Property, TypeKind } from '@jsii/spec';
import { violations } from '../../../tools/api/rules';

const documented = { docs: { summary: 'What it is.' } };
const text = { type: { primitive: PrimitiveType.String }, immutable: true, ...documented };

/** An assembly with one struct of one property. */
function assemblyWith(property: Property): Assembly {
  const type = { name: 'Props', fqn: 'x.Props', assembly: 'x', kind: TypeKind.Interface, datatype: true } as const;
  return { name: 'x', types: { 'x.Props': { ...type, properties: [property], ...documented } } } as unknown as Assembly;
}

test.each<[string, Property]>([
  ['has no docstring', { ...text, name: 'a', docs: {} }],
  ['has no @default', { ...text, name: 'a', optional: true }],
  ['@default some text', { ...text, name: 'a', optional: true, docs: { summary: 'A.', default: 'some text' } }],
  ['is required', { ...text, name: 'a', docs: { summary: 'A.', default: '5' } }],
  ['is of no one type', { ...text, name: 'a', type: { union: { types: [] } } }],
  ['is of no one type', { ...text, name: 'a', type: { intersection: { types: [] } } }],
  ['is of no one type', { ...text, name: 'a', type: mapOf(PrimitiveType.Any) }],
  ['can be written', { ...text, name: 'a', immutable: false }],
])('a prop that %s is reported', (message, property) => {
  expect(violations(assemblyWith(property))).toEqual([expect.stringContaining(`Props.a: ${message}`)]);
});

test.each(['5', 'true', '/health', '[200]', 'Duration.minutes(1)', 'RetentionDays.THREE_MONTHS', '- what it does'])(
  '@default %s is a value or a behaviour',
  (value) => {
    const property = { ...text, name: 'a', optional: true, docs: { summary: 'A.', default: value } };
    expect(violations(assemblyWith(property))).toEqual([]);
  },
);

test('types, methods, members of enums and parameters have the same rules', () => {
  const types = {
    'x.Thing': {
      name: 'Thing',
      kind: TypeKind.Class,
      initializer: { parameters: [{ name: 'anything', type: { primitive: PrimitiveType.Any } }] },
      methods: [{ name: 'go', returns: { type: { union: { types: [] } } } }],
    },
    'x.Colour': { name: 'Colour', kind: TypeKind.Enum, members: [{ name: 'BLUE' }], ...documented },
  };
  expect(violations({ name: 'x', types } as unknown as Assembly)).toEqual([
    'Thing.go: has no docstring',
    'Thing: has no docstring',
    'Thing.anything: is of no one type',
    'Thing.go: is of no one type',
    'Colour.BLUE: has no docstring',
  ]);
});

function mapOf(primitive: PrimitiveType): Property['type'] {
  return { collection: { kind: 'map' as never, elementtype: { primitive } } };
}

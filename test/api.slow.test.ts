import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiType, Assembly, Documented, Property, TypeReference } from '../tools/api-assembly';
import { renderPage } from '../tools/api-page';

/**
 * The public API, as jsii compiles it. jsii itself refuses generics, `Pick` and `Omit`, types that are not exported,
 * props that can be written, an `I` before props and none before behaviour, and types of packages that it does not know.
 */

/** What jsii lets pass and this API does not have. */
function violations(assembly: Assembly): readonly string[] {
  return Object.values(assembly.types).flatMap((type) => {
    const properties = type.properties ?? [];
    return [
      ...members(type).flatMap((member) => undocumented(`${type.name}.${member.name}`, member)),
      ...undocumented(type.name, type),
      ...(type.datatype ? properties.flatMap((property) => defaultProblems(type, property)) : []),
      ...references(type)
        .filter(([name, reference]) => isVague(reference) && !ANY_JSON.has(name))
        .map(([member]) => `${type.name}.${member}: is of no one type`),
      ...properties.filter((each) => !each.immutable).map((each) => `${type.name}.${each.name}: can be written`),
    ];
  });
}

function members(type: ApiType): readonly Documented[] {
  return [...(type.properties ?? []), ...(type.methods ?? []), ...(type.members ?? [])];
}

function undocumented(name: string, { docs }: Documented): readonly string[] {
  return docs?.summary ? [] : [`${name}: has no docstring`];
}

/** A literal, or `- ` and the behaviour. */
const LITERAL = /^(\S+|\[.*\]|'.*'|[A-Z]\w*\.\w+\(.*\))$/;

function defaultProblems(type: ApiType, { name, optional, docs }: Property): readonly string[] {
  const text = docs?.default;
  if (!optional) return text === undefined ? [] : [`${type.name}.${name}: is required and has a @default`];
  if (text === undefined) return [`${type.name}.${name}: has no @default`];
  const isValid = text.startsWith('- ') || LITERAL.test(text);
  return isValid ? [] : [`${type.name}.${name}: @default ${text}: write a literal, or \`- \` and the behaviour`];
}

function references(type: ApiType): readonly (readonly [string, TypeReference])[] {
  return [
    ...(type.initializer?.parameters ?? []).map((each) => [each.name, each.type] as const),
    ...(type.properties ?? []).map((each) => [each.name, each.type] as const),
    ...(type.methods ?? []).flatMap((method) => [
      ...(method.parameters ?? []).map((each) => [method.name, each.type] as const),
      ...(method.returns ? [[method.name, method.returns.type] as const] : []),
    ]),
  ];
}

/** Any JSON value: a response may have any content. */
const ANY_JSON = new Set(['equalTo', 'notEqualTo', 'oneOf', 'contains', 'jsonSchema', 'json']);

function isVague(type: TypeReference): boolean {
  if (type.collection) return isVague(type.collection.elementtype);
  return Boolean(type.union ?? type.intersection) || type.primitive === 'any' || type.primitive === 'json';
}

describe('lib/index.ts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'greenlight-api-test-'));
  const root = join(__dirname, '..');
  let assembly: Assembly;

  beforeAll(() => {
    const tool = [join(root, 'node_modules/tsx/dist/cli.mjs'), join(root, 'tools/api-reference.ts'), folder];
    const { status, stderr } = spawnSync(process.execPath, tool, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    assembly = JSON.parse(readFileSync(join(folder, 'assembly.json'), 'utf8')) as Assembly;
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('exports constructs that jsii takes', () => {
    expect(Object.keys(assembly.types).length).toBeGreaterThan(10);
    expect(assembly.types['cdk-greenlight.BlueGreenService']).toMatchObject({ base: 'constructs.Construct' });
  });

  test('is documented, each optional prop with its default', () => {
    expect(violations(assembly)).toEqual([]);
  });

  test('is docs/api.md', () => {
    const page = readFileSync(join(folder, 'api.md'), 'utf8');
    if (readFileSync(join(root, 'docs/api.md'), 'utf8') !== page)
      throw new Error('docs/api.md does not show lib/ as it is: run `npm run docs`');
    expect(page).toContain('### BlueGreenService');
  });
});

describe('the rules themselves', () => {
  const documented = { docs: { summary: 'What it is.' } };
  const text = { type: { primitive: 'string' }, immutable: true, ...documented };
  const struct = (property: Property): Assembly => ({
    name: 'x',
    types: {
      'x.Props': {
        name: 'Props',
        fqn: 'x.Props',
        kind: 'interface',
        datatype: true,
        properties: [property],
        ...documented,
      },
    },
  });

  test.each<[string, Property]>([
    ['has no docstring', { ...text, name: 'a', docs: {} }],
    ['has no @default', { ...text, name: 'a', optional: true }],
    ['@default some text', { ...text, name: 'a', optional: true, docs: { summary: 'A.', default: 'some text' } }],
    ['is required', { ...text, name: 'a', docs: { summary: 'A.', default: '5' } }],
    ['is of no one type', { ...text, name: 'a', type: { union: { types: [] } } }],
    [
      'is of no one type',
      { ...text, name: 'a', type: { collection: { kind: 'map', elementtype: { primitive: 'any' } } } },
    ],
    ['can be written', { ...text, name: 'a', immutable: false }],
  ])('%s', (message, property) => {
    expect(violations(struct(property))).toEqual([expect.stringContaining(message)]);
  });

  test.each(['5', 'true', '/health', '[200]', 'Duration.minutes(1)', 'RetentionDays.THREE_MONTHS', '- what it does'])(
    '@default %s is reported',
    (value) => {
      const property = { ...text, name: 'a', optional: true, docs: { summary: 'A.', default: value } };
      expect(violations(struct(property))).toEqual([]);
    },
  );
});

describe('the page', () => {
  const fqn = 'x.Thing';
  const assembly: Assembly = {
    name: 'x',
    types: {
      [fqn]: {
        name: 'Thing',
        fqn,
        kind: 'class',
        base: 'constructs.Construct',
        docs: { summary: 'A thing;', remarks: 'of\nthe world.' },
        initializer: { parameters: [{ name: 'props', type: { fqn: 'x.ThingProps' } }] },
        methods: [{ name: 'of', static: true, returns: { type: { fqn } }, docs: { summary: 'Makes a|b.' } }],
      },
      'x.ThingProps': {
        name: 'ThingProps',
        fqn: 'x.ThingProps',
        kind: 'interface',
        datatype: true,
        interfaces: ['x.BaseProps'],
        properties: [
          { name: 'late', type: { primitive: 'number' }, optional: true, docs: { default: '- later' }, ...at(9) },
          { name: 'vpc', type: { fqn: 'aws-cdk-lib.aws_ec2.IVpc' }, docs: { summary: 'Where.' }, ...at(2) },
        ],
      },
      'x.BaseProps': {
        name: 'BaseProps',
        fqn: 'x.BaseProps',
        kind: 'interface',
        datatype: true,
        properties: [{ name: 'things', type: { collection: { kind: 'array', elementtype: { fqn } } }, ...at(1) }],
      },
    },
  };
  const page = renderPage(assembly);

  test('shows a construct with its props, inherited ones last, in the order of the source', () => {
    expect(page).toContain('### Thing\n\nA thing; of the world.\n\n#### ThingProps');
    const names = [...page.matchAll(/^\| (?:\*\*)?`(vpc|late|things)`/gm)].map((match) => match[1]);
    expect(names.slice(0, 3)).toEqual(['vpc', 'late', 'things']);
  });

  test('shows defaults, links types, and keeps a bar inside its cell', () => {
    expect(page).toContain('| `late` | `number` | later |');
    expect(page).toContain('[`ec2.IVpc`](https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_ec2.IVpc.html)');
    expect(page).toContain('list of [`Thing`](#thing)');
    expect(page).toContain('| `Thing.of(): Thing` | Makes a\\|b. |');
  });

  test('refuses a type that it cannot show', () => {
    const property = { name: 'a', type: { union: { types: [] } } };
    const types = { 'x.A': { name: 'A', fqn: 'x.A', kind: 'class' as const, properties: [property] } };
    expect(() => renderPage({ name: 'x', types })).toThrow('a type that this page cannot show');
  });
});

function at(line: number) {
  return { locationInModule: { filename: 'x.ts', line } };
}

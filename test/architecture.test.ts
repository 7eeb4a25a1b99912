import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';

/** Imports run one way, between folders and without a cycle: the table in docs/architecture.md. */

interface Import {
  /** A path from the repository's root without extension, or a package. */
  readonly to: string;
  readonly local: boolean;
  /** Erased by the compiler. */
  readonly typeOnly: boolean;
}

type Sources = Readonly<Record<string, string>>;

const root = join(__dirname, '..');

/** What each room may import. `types` is the file `lambda/<function>/types.ts`: what a handler shares with its construct. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  common: [],
  aws: ['common'],
  smoke: ['aws', 'common'],
  lambda: ['smoke', 'aws', 'common'],
  lib: ['types', 'smoke', 'aws', 'common'],
  'rehearsal/core': ['common'],
  'rehearsal/preload': ['rehearsal/core'],
  'rehearsal/images': ['rehearsal/core'],
  'rehearsal/services': ['rehearsal/preload', 'rehearsal/images', 'rehearsal/core', 'types', 'aws', 'common'],
  'rehearsal/local-aws': ['rehearsal/services', 'rehearsal/images', 'rehearsal/core', 'common'],
  'rehearsal/runner': [
    ...['rehearsal/local-aws', 'rehearsal/services', 'rehearsal/images', 'rehearsal/core'],
    ...['types', 'aws', 'common'],
  ],
  cli: ['rehearsal/runner', 'rehearsal/local-aws', 'rehearsal/images', 'rehearsal/core', 'smoke', 'common'],
  bin: ['cli', 'lib'],
};

const ROOMS = [...new Set(Object.keys(MAY_IMPORT).map((room) => room.split('/')[0] ?? ''))];

function importsOf(path: string, source: string): readonly Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    const local = specifier.text.startsWith('.');
    found.push({ to: local ? posix.join(dirname(path), specifier.text) : specifier.text, local, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, erased(node.importClause));
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    if (ts.isExternalModuleReference(node)) add(node.expression, false);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    if (ts.isCallExpression(node) && isLoad(node.expression)) add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true));
  return found;
}

function isLoad(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require');
}

function erased(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  if (clause.name || !named || !ts.isNamedImports(named)) return false;
  return named.elements.every((element) => element.isTypeOnly);
}

/** `rehearsal/core` for a file below it, else the first folder. */
function room(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'rehearsal' ? `${first}/${second}` : first;
}

const isTypes = (path: string) => /^lambda\/[^/]+\/types$/.test(path);
const isCdk = (name: string) => /^(aws-cdk-lib|constructs)(\/|$)/.test(name);

/** The function, or the AWS service, that a file belongs to: behaviour is not shared between two of them. */
function ownerOf(path: string): string | undefined {
  const [first, second, third] = path.split('/');
  if (first === 'lambda' && second !== 'shared') return `${first}/${second}`;
  return first === 'rehearsal' && second === 'services' ? `${first}/${second}/${third}` : undefined;
}

function mayImport(path: string, { to, typeOnly }: Import): boolean {
  const [from, target] = [room(path), room(to)];
  if (from !== target) {
    const allowed = MAY_IMPORT[from] ?? [];
    return allowed.includes(target) || (isTypes(to) && allowed.includes('types'));
  }
  const [own, other] = [ownerOf(path), ownerOf(to)];
  if (own === other || other === undefined) return true;
  // Handlers share types and constants, services share the shapes of what they keep.
  return own !== undefined && (from === 'lambda' ? isTypes(to) : typeOnly);
}

function mayUsePackage(from: string, name: string): boolean {
  if (from === 'lib') return isCdk(name) || isBuiltin(name);
  return from === 'bin' || !isCdk(name);
}

function importViolations(sources: Sources): readonly string[] {
  return Object.entries(sources).flatMap(([path, source]) =>
    importsOf(path, source)
      .filter((found) => (found.local ? !mayImport(path, found) : !mayUsePackage(room(path), found.to)))
      .map((found) => `${path} must not import ${found.to}`),
  );
}

/** Each cycle of imports once, type-only imports included: `a.ts -> b.ts -> a.ts`. */
function cycles(sources: Sources): readonly string[] {
  const edges = new Map(Object.entries(sources).map(([path, source]) => [path, targetsOf(path, source, sources)]));
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) return void found.add(inOrder(trail.slice(start)));
    if (done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return [...found];
}

function targetsOf(path: string, source: string, sources: Sources): readonly string[] {
  const files = (to: string) => [`${to}.ts`, `${to}/index.ts`].filter((file) => sources[file] !== undefined);
  return importsOf(path, source).flatMap(({ to, local }) => (local ? files(to) : []));
}

/** Begins with the first name of the alphabet, so that one cycle is one text. */
function inOrder(cycle: readonly string[]): string {
  const first = cycle.indexOf([...cycle].sort()[0] ?? '');
  const turned = [...cycle.slice(first), ...cycle.slice(0, first)];
  return [...turned, turned[0]].join(' -> ');
}

/** The files of each folder that has more than `filesMax` of them. */
function crowded(sources: Sources, filesMax: number): readonly string[] {
  const counts = new Map<string, number>();
  for (const path of Object.keys(sources)) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  return [...counts].filter(([, files]) => files > filesMax).map(([folder, files]) => `${folder} has ${files} files`);
}

interface Limits {
  readonly linesMax: number;
  readonly functionLinesMax: number;
}

/** Files and functions that are longer than the limits. What groups tests is a list of them and may be as long as its file. */
function overlong(sources: Sources, { linesMax, functionLinesMax }: Limits): readonly string[] {
  return Object.entries(sources).flatMap(([path, source]) => {
    const lines = source.split('\n').length - 1;
    const functions = functionLines(path, source)
      .filter(({ count }) => count > functionLinesMax)
      .map(({ line, count }) => `${path}:${line} is a function of ${count} lines`);
    return [...(lines > linesMax ? [`${path} has ${lines} lines`] : []), ...functions];
  });
}

function functionLines(path: string, source: string): readonly { readonly line: number; readonly count: number }[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true);
  const found: { line: number; count: number }[] = [];
  const lineOf = (position: number) => file.getLineAndCharacterOfPosition(position).line + 1;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body && !isGroup(node.parent)) {
      const line = lineOf(node.getStart());
      found.push({ line, count: lineOf(node.getEnd()) - line + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** `describe(...)` and `describe.each(...)(...)`. */
const isGroup = (node: ts.Node) => ts.isCallExpression(node) && /^describe\b/.test(node.expression.getText());

/** What writes to the terminal is `cli/output.ts`, which escapes it; `bin/` says one fixed sentence before anything is loaded. */
const WRITES = /process\.(?:stdout|stderr)\.\w+\(|\bconsole\.\w+\(|\bwriteSync\([12],/;

/** Preloads run in processes of the rehearsed app, whose output is read and not shown. */
function writesToTerminal(path: string, source: string): boolean {
  return /^(cli|rehearsal)\//.test(path) && room(path) !== 'rehearsal/preload' && WRITES.test(source);
}

/** A construct library is silent: what it has to say are annotations. The rehearsal's time is its clock's. */
function styleViolations(sources: Sources): readonly string[] {
  return Object.entries(sources).flatMap(([path, source]) => [
    ...(room(path) === 'lib' && /\bconsole\.\w+\(/.test(source) ? [`${path} prints`] : []),
    ...(writesToTerminal(path, source) ? [`${path} writes to the terminal by itself: use Output`] : []),
    ...(room(path) === 'rehearsal/services' && /\bDate\.now\(\)/.test(source)
      ? [`${path} reads the machine's clock`]
      : []),
  ]);
}

function sourcesOf(folder: string): Sources {
  if (!existsSync(join(root, folder))) return {};
  const names = readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
  return Object.assign({}, ...names.map((path) => readSource(path))) as Sources;
}

function readSource(path: string): Sources {
  if (statSync(join(root, path)).isDirectory()) return sourcesOf(path);
  return path.endsWith('.ts') ? { [path]: readFileSync(join(root, path), 'utf8') } : {};
}

const tree: Sources = Object.assign({}, ...ROOMS.map(sourcesOf)) as Sources;

test('imports run one way', () => {
  expect(Object.keys(tree).length).toBeGreaterThan(400);
  expect(importViolations(tree)).toEqual([]);
});

test('no import leads back to where it began', () => {
  expect(cycles(tree)).toEqual([]);
});

test('no folder has over 20 files', () => {
  expect(crowded(tree, 20)).toEqual([]);
});

test('the library does not print, commands print only by Output, and services read their own clock', () => {
  expect(styleViolations(tree)).toEqual([]);
});

describe('the rules themselves', () => {
  test.each([
    ['lambda/gate/handler.ts', `import { Stack } from 'aws-cdk-lib'`],
    ['lambda/gate/handler.ts', `import { x } from '../../lib/x'`],
    ['lambda/gate/handler.ts', `export * from '../../rehearsal/core/x'`],
    ['lambda/release/handler.ts', `import { x } from '../gate/verdict'`],
    ['lambda/shared/x.ts', `import { x } from '../gate/verdict'`],
    ['smoke/suite/x.ts', `import type { X } from '../../lambda/gate/types'`],
    ['aws/x.ts', `import { x } from '../smoke/x'`],
    ['common/x.ts', `import { x } from '../aws/x'`],
    ['lib/x.ts', `import { x } from '../lambda/gate/handler'`],
    ['lib/x.ts', `import yaml from 'yaml'`],
    ['lib/x.ts', `const x = require('../rehearsal/core/x')`],
    ['lib/gate/x.ts', `type X = import('../../rehearsal/core/x').X`],
    ['rehearsal/core/x.ts', `import type { X } from '../services/iam/x'`],
    ['rehearsal/images/x.ts', `import { x } from '../../lib/x'`],
    ['rehearsal/runner/x.ts', `const x = await import('../../cli/x')`],
    ['rehearsal/services/ecs/x.ts', `import { createElb } from '../elasticloadbalancing'`],
    ['rehearsal/services/ecs/x.ts', `import { type A, b } from '../elasticloadbalancing/state'`],
    ['cli/x.ts', `import { x } from '../lib'`],
    ['bin/x.ts', `import { x } from '../rehearsal/runner'`],
    ['bin/x.ts', `import x = require('../lambda/gate/handler')`],
  ])('%s: %s is found', (path, source) => {
    expect(importViolations({ [path]: source })).toHaveLength(1);
  });

  test.each([
    [
      'lib/gate/x.ts',
      `import { x } from '../../lambda/gate/types'; import { Stack } from 'aws-cdk-lib/core'; import 'node:fs'`,
    ],
    ['lambda/release/x.ts', `import { x } from '../gate/types'; import { y } from '../shared/y'`],
    ['rehearsal/services/codedeploy/x.ts', `import { shiftSteps } from '../../../aws/traffic-schedule'`],
    [
      'rehearsal/services/ecs/x.ts',
      `import type { A } from '../elasticloadbalancing'; import { type B } from '../iam/state'`,
    ],
    ['rehearsal/local-aws/index.ts', `import { createEcs } from '../services/ecs'`],
    ['bin/x.ts', `import { x } from '../cli/x'; import { App } from 'aws-cdk-lib'; import { y } from '../lib'`],
  ])('%s: %s is allowed', (path, source) => {
    expect(importViolations({ [path]: source })).toEqual([]);
  });

  test('a cycle is found once, also one of types and one through an index', () => {
    const sources = {
      'lib/a.ts': `import type { B } from './b'`,
      'lib/b.ts': `export { c } from './c'`,
      'lib/c/index.ts': `import { a } from '../a'; import { d } from '../d'`,
      'lib/d.ts': `import { e } from './e'`,
      'lib/e.ts': '',
    };
    expect(cycles(sources)).toEqual(['lib/a.ts -> lib/b.ts -> lib/c/index.ts -> lib/a.ts']);
    expect(crowded(sources, 3)).toEqual(['lib has 4 files']);
  });

  test('a long file and a long function are found, a group of tests is not', () => {
    const body = '\n'.repeat(9);
    const sources = {
      'lib/a.ts': `function f() {${body}}`,
      'lib/b.ts': `const f = () => {${body}};`,
      'test/c.ts': `describe('x', () => {${body}}); describe.each([1])('y', () => {${body}});`,
    };
    expect(overlong(sources, { linesMax: 10, functionLinesMax: 9 })).toEqual([
      'lib/a.ts:1 is a function of 10 lines',
      'lib/b.ts:1 is a function of 10 lines',
      'test/c.ts has 18 lines',
    ]);
    expect(overlong(sources, { linesMax: 18, functionLinesMax: 10 })).toEqual([]);
  });

  test("what prints, and what reads the machine's clock, is found", () => {
    expect(styleViolations({ 'lib/x.ts': 'console.log(1)', 'rehearsal/services/ecs/x.ts': 'Date.now()' })).toHaveLength(
      2,
    );
    expect(styleViolations({ 'rehearsal/core/clock.ts': 'Date.now()', 'cli/x.ts': 'output.say(1)' })).toEqual([]);
    const direct = ['console.log(1)', 'process.stdout.write(text)', 'process.stderr.end(text)', 'writeSync(2, text)'];
    for (const source of direct) {
      expect(styleViolations({ 'cli/x.ts': source, 'rehearsal/runner/report/x.ts': source })).toHaveLength(2);
      expect(styleViolations({ 'rehearsal/preload/x.ts': source })).toEqual([]);
    }
  });
});

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';

/** Imports run one way: `bin -> cli -> rehearsal`, `bin -> lib -> lambda/<function>/contract`. */

interface Import {
  /** A path from the repository's root without extension, or a package. */
  readonly to: string;
  readonly local: boolean;
  /** Erased by the compiler. */
  readonly typeOnly: boolean;
}

type Sources = Readonly<Record<string, string>>;

const ROOMS = ['bin', 'cli', 'rehearsal', 'lib', 'lambda'];
const root = join(__dirname, '..');

/** Folders of `rehearsal/` that are no AWS service: what all services stand on, or what stands on them. */
const SHARED = ['clock', 'images', 'wire', 'traffic', 'report', 'preload', 'plan', 'run', 'injection', 'init'];

/** TLS checks a certificate's validity by the wall's time. */
const ON_THE_WALL = ['rehearsal/certificate.ts'];

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

const room = (path: string) => path.split('/')[0] ?? '';
const isContract = (path: string) => /^lambda\/([^/]+\/)+contract$/.test(path);
const isCdk = (name: string) => /^(aws-cdk-lib|constructs)(\/|$)/.test(name);

/** What a module of `lib/private` needs of the CDK, itself or through others, decides whether the rehearsal may have it. */
function reachesCdk(path: string, sources: Sources, seen = new Set<string>()): boolean {
  if (seen.has(path)) return false;
  seen.add(path);
  const source = sources[`${path}.ts`] ?? sources[`${path}/index.ts`] ?? '';
  return importsOf(`${path}.ts`, source).some(
    ({ to, local, typeOnly }) => !typeOnly && (local ? reachesCdk(to, sources, seen) : isCdk(to)),
  );
}

const pureLibrary = (to: string, sources: Sources) => to.startsWith('lib/private/') && !reachesCdk(to, sources);

const MAY_IMPORT: Readonly<Record<string, (to: string, sources: Sources) => boolean>> = {
  bin: (to) => ['bin', 'cli', 'lib'].includes(room(to)),
  cli: (to, sources) => ['cli', 'rehearsal'].includes(room(to)) || isContract(to) || pureLibrary(to, sources),
  rehearsal: (to, sources) => room(to) === 'rehearsal' || isContract(to) || pureLibrary(to, sources),
  lib: (to) => room(to) === 'lib' || isContract(to),
  lambda: (to) => room(to) === 'lambda',
};

function mayUsePackage(from: string, name: string): boolean {
  if (from === 'lib') return isCdk(name) || isBuiltin(name);
  return from === 'bin' || !isCdk(name);
}

/** The service that a file of `rehearsal/` belongs to. */
function serviceOf(path: string): string | undefined {
  const [first, folder, file] = path.split('/');
  return first === 'rehearsal' && file !== undefined && folder && !SHARED.includes(folder) ? folder : undefined;
}

/** Services know each other's shapes, and each other's behaviour only by `world.call`. */
function crossesServices(path: string, { to, typeOnly }: Import, sources: Sources): boolean {
  const from = serviceOf(path);
  const other = serviceOf(sources[`${to}/index.ts`] === undefined ? to : `${to}/index`);
  return !typeOnly && from !== undefined && other !== undefined && from !== other;
}

function importViolations(sources: Sources): readonly string[] {
  return Object.entries(sources).flatMap(([path, source]) =>
    importsOf(path, source)
      .filter((found) => {
        const from = room(path);
        if (!found.local) return !mayUsePackage(from, found.to);
        return !MAY_IMPORT[from]?.(found.to, sources) || crossesServices(path, found, sources);
      })
      .map((found) => `${path} must not import ${found.to}`),
  );
}

/** What writes to the terminal is `cli/output.ts`, which escapes it; `bin/` says one fixed sentence before anything is loaded. */
const WRITES = /process\.(?:stdout|stderr)\.\w+\(|\bconsole\.\w+\(|\bwriteSync\([12],/;

/** Preloads run in processes of the rehearsed app, whose output is read and not shown. */
function writesToTerminal(path: string, source: string): boolean {
  return ['cli', 'rehearsal'].includes(room(path)) && !path.startsWith('rehearsal/preload/') && WRITES.test(source);
}

/** A construct library is silent: what it has to say are annotations. The rehearsal's time is its clock's. */
function styleViolations(sources: Sources): readonly string[] {
  return Object.entries(sources).flatMap(([path, source]) => [
    ...(room(path) === 'lib' && /\bconsole\.\w+\(/.test(source) ? [`${path} prints`] : []),
    ...(writesToTerminal(path, source) ? [`${path} writes to the terminal by itself: use Output`] : []),
    ...(serviceOf(path) && !ON_THE_WALL.includes(path) && /\bDate\.now\(\)/.test(source)
      ? [`${path} reads the wall's time`]
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
  expect(Object.keys(tree).length).toBeGreaterThan(20);
  expect(importViolations(tree)).toEqual([]);
});

test('the library does not print, commands print by Output alone, and services ask their clock', () => {
  expect(styleViolations(tree)).toEqual([]);
});

describe('the rules themselves', () => {
  const pure = { 'lib/private/schedule.ts': 'export const a = 1', 'lib/private/drawn.ts': `import 'aws-cdk-lib'` };

  test.each([
    ['lambda/gate/handler.ts', `import { Stack } from 'aws-cdk-lib'`],
    ['lambda/gate/handler.ts', `import { x } from '../../lib/x'`],
    ['lambda/gate/handler.ts', `export * from '../../rehearsal/x'`],
    ['lib/x.ts', `import { x } from '../lambda/gate/suite'`],
    ['lib/x.ts', `import yaml from 'yaml'`],
    ['lib/x.ts', `const x = require('../rehearsal/x')`],
    ['lib/private/x.ts', `type X = import('../../rehearsal/x').X`],
    ['rehearsal/x.ts', `import { x } from '../lib/x'`],
    ['rehearsal/x.ts', `import { x } from '../lib/private/drawn'`],
    ['rehearsal/x.ts', `const x = await import('../cli/x')`],
    ['rehearsal/ecs/x.ts', `import { createElb } from '../elasticloadbalancing'`],
    ['rehearsal/ecs/x.ts', `import { type A, b } from '../elasticloadbalancing/state'`],
    ['cli/x.ts', `import { x } from '../lib'`],
    ['bin/x.ts', `import { x } from '../rehearsal'`],
    ['bin/x.ts', `import x = require('../lambda/gate/handler')`],
  ])('%s: %s is found', (path, source) => {
    const others = { 'rehearsal/elasticloadbalancing/index.ts': '' };
    expect(
      importViolations({ ...pure, ...others, [path]: source }).filter((found) => found.startsWith(path)),
    ).toHaveLength(1);
  });

  test.each([
    [
      'lib/x.ts',
      `import { x } from '../lambda/gate/contract'; import { Stack } from 'aws-cdk-lib/core'; import 'node:fs'`,
    ],
    ['rehearsal/codedeploy/x.ts', `import { shiftSteps } from '../../lib/private/schedule'`],
    ['rehearsal/ecs/x.ts', `import type { A } from '../elasticloadbalancing'; import { type B } from '../iam/state'`],
    ['rehearsal/index.ts', `import { createEcs } from './ecs'`],
    ['bin/x.ts', `import { x } from '../cli/x'; import { App } from 'aws-cdk-lib'; import { y } from '../lib'`],
  ])('%s: %s is allowed', (path, source) => {
    expect(importViolations({ ...pure, [path]: source }).filter((found) => found.startsWith(path))).toEqual([]);
  });

  test('what prints, and what reads the wall, is found', () => {
    expect(styleViolations({ 'lib/x.ts': 'console.log(1)', 'rehearsal/ecs/x.ts': 'Date.now()' })).toHaveLength(2);
    expect(styleViolations({ 'rehearsal/clock.ts': 'Date.now()', 'cli/x.ts': 'output.say(1)' })).toEqual([]);
    const direct = ['console.log(1)', 'process.stdout.write(text)', 'process.stderr.end(text)', 'writeSync(2, text)'];
    for (const source of direct) {
      expect(styleViolations({ 'cli/x.ts': source, 'rehearsal/report/x.ts': source })).toHaveLength(2);
      expect(styleViolations({ 'rehearsal/preload/x.ts': source })).toEqual([]);
    }
  });
});

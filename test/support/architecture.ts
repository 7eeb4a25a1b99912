import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';

/** The rules of test/architecture.test.ts, as functions of the sources. */

interface Import {
  /** A path from the repository's root without extension, or a package. */
  readonly to: string;
  readonly local: boolean;
  /** Erased by the compiler. */
  readonly typeOnly: boolean;
}

export type Sources = Readonly<Record<string, string>>;

const root = join(__dirname, '../..');

/** What each room may import. `types` is the file `lambda/<function>/types.ts`: what a handler shares with its construct. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  common: [],
  aws: ['common'],
  smoke: ['aws', 'common'],
  verdict: ['types', 'aws', 'common'],
  lambda: ['verdict', 'smoke', 'aws', 'common'],
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
  cli: [
    'rehearsal/runner',
    'rehearsal/local-aws',
    'rehearsal/images',
    'rehearsal/core',
    'verdict',
    'smoke',
    'aws',
    'types',
    'common',
  ],
  bin: ['cli', 'lib'],
};

export const ROOMS = [...new Set(Object.keys(MAY_IMPORT).map((room) => room.split('/')[0] ?? ''))];

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

export function importViolations(sources: Sources): readonly string[] {
  return Object.entries(sources).flatMap(([path, source]) =>
    importsOf(path, source)
      .filter((found) => (found.local ? !mayImport(path, found) : !mayUsePackage(room(path), found.to)))
      .map((found) => `${path} must not import ${found.to}`),
  );
}

/** Each cycle of imports once, type-only imports included: `a.ts -> b.ts -> a.ts`. */
export function cycles(sources: Sources): readonly string[] {
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
export function crowded(sources: Sources, filesMax: number): readonly string[] {
  const counts = new Map<string, number>();
  for (const path of Object.keys(sources)) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  return [...counts].filter(([, files]) => files > filesMax).map(([folder, files]) => `${folder} has ${files} files`);
}

interface Limits {
  readonly linesMax: number;
  readonly functionLinesMax: number;
}

/** Files and functions that are longer than the limits. What groups tests is a list of them and may be as long as its file. */
export function overlong(sources: Sources, { linesMax, functionLinesMax }: Limits): readonly string[] {
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
export function styleViolations(sources: Sources): readonly string[] {
  return Object.entries(sources).flatMap(([path, source]) => [
    ...(room(path) === 'lib' && /\bconsole\.\w+\(/.test(source) ? [`${path} prints`] : []),
    ...(writesToTerminal(path, source) ? [`${path} writes to the terminal by itself: use Output`] : []),
    ...(room(path) === 'rehearsal/services' && /\bDate\.now\(\)/.test(source)
      ? [`${path} reads the machine's clock`]
      : []),
  ]);
}

export function sourcesOf(folder: string): Sources {
  if (!existsSync(join(root, folder))) return {};
  const names = readdirSync(join(root, folder)).map((name) => `${folder}/${name}`);
  return Object.assign({}, ...names.map((path) => readSource(path))) as Sources;
}

function readSource(path: string): Sources {
  if (statSync(join(root, path)).isDirectory()) return sourcesOf(path);
  return path.endsWith('.ts') ? { [path]: readFileSync(join(root, path), 'utf8') } : {};
}

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

/**
 * A test of the tests: an assertion in a loop over an empty list is never made, and `every` of an empty list is true. So
 * what is looped over is written out in the test, or goes through `nonEmpty`.
 */

const root = join(__dirname, '..');

function testFiles(folder = join(root, 'test')): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return testFiles(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

/** Each loop around an assertion, and each `every` in one, whose list may be empty: `line: text`. */
function doubtful(source: string): string[] {
  const file = ts.createSourceFile('test.ts', source, ts.ScriptTarget.ES2022, true);
  const found: string[] = [];
  const report = (node: ts.Node) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${line + 1}: ${node.getText().split('\n')[0] ?? ''}`);
  };
  const visit = (node: ts.Node): void => {
    // Properties hold for what is generated, an empty list among it.
    if (ts.isCallExpression(node) && /^fc\.(async)?property$/i.test(node.expression.getText())) return;
    if (ts.isForOfStatement(node) && asserts(node.statement) && !isFull(node.expression)) report(node);
    if (isCallOf(node, 'forEach') && node.arguments.some(asserts) && !isFull(listOf(node))) report(node);
    if (isCallOf(node, 'every') && isWithinExpect(node) && !isFull(listOf(node))) report(node);
    if (ts.isCatchClause(node) && asserts(node.block)) report(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

type MethodCall = ts.CallExpression & { readonly expression: ts.PropertyAccessExpression };

function isCallOf(node: ts.Node, method: string): node is MethodCall {
  return (
    ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === method
  );
}

const listOf = (call: MethodCall) => call.expression.expression;

function isExpect(node: ts.Node): node is ts.CallExpression {
  return ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'expect';
}

function asserts(node: ts.Node): boolean {
  return isExpect(node) || (ts.forEachChild(node, (child) => asserts(child) || undefined) ?? false);
}

function isWithinExpect(node: ts.Node): boolean {
  return node.parent !== undefined && (isExpect(node.parent) || isWithinExpect(node.parent));
}

/** Whether a list is written out where it is used or as a constant of the file, or is checked by `nonEmpty`. */
function isFull(list: ts.Expression): boolean {
  if (ts.isAsExpression(list) || ts.isSatisfiesExpression(list) || ts.isParenthesizedExpression(list))
    return isFull(list.expression);
  if (ts.isArrayLiteralExpression(list)) return list.elements.some((each) => !ts.isSpreadElement(each));
  if (ts.isObjectLiteralExpression(list)) return list.properties.length > 0;
  if (ts.isIdentifier(list)) return isFullConstant(list);
  if (!ts.isCallExpression(list)) return false;
  if (ts.isIdentifier(list.expression)) return list.expression.text === 'nonEmpty';
  const ofObject = /^Object\.(entries|keys|values)$/.test(list.expression.getText());
  return ofObject && list.arguments.length === 1 && isFull(list.arguments[0] as ts.Expression);
}

/** A `const` of any scope around the place whose value is a full list. */
function isFullConstant(name: ts.Identifier): boolean {
  for (let scope: ts.Node | undefined = name.parent; scope; scope = scope.parent) {
    if (!ts.isBlock(scope) && !ts.isSourceFile(scope)) continue;
    for (const statement of scope.statements) {
      if (!ts.isVariableStatement(statement)) continue;
      const found = statement.declarationList.declarations.find((each) => each.name.getText() === name.text);
      if (found) return found.initializer !== undefined && isFull(found.initializer);
    }
  }
  return false;
}

test('no assertion of a test is left out because a list is empty, or because nothing was thrown', () => {
  const found = testFiles().flatMap((path) =>
    doubtful(readFileSync(path, 'utf8')).map((each) => `${relative(root, path)}:${each}`),
  );
  expect(found).toEqual([]);
});

test.each([
  ['a loop over what is computed', 'for (const each of found()) expect(each).toBe(1);'],
  ['a loop over what is filtered', 'const all = [1].filter(Boolean); for (const each of all) expect(each).toBe(1);'],
  ['forEach', 'found.forEach((each) => expect(each).toBe(1));'],
  ['every', 'expect(found.every((each) => each === 1)).toBe(true);'],
  ['every of a list that may be empty', 'expect([...found].every((each) => each === 1)).toBe(true);'],
  ['an assertion on what is caught', 'try { act(); } catch (error) { expect(error).toBe(1); }'],
])('%s is found', (_what, source) => {
  expect(doubtful(source)).toHaveLength(1);
});

test.each([
  ['a list in the loop', 'for (const each of [1, 2]) expect(each).toBe(1);'],
  ['a constant', 'const ALL = [1] as const; test("x", () => { for (const each of ALL) expect(each).toBe(1); });'],
  ['an object', 'const ALL = { a: 1 }; for (const [each] of Object.entries(ALL)) expect(each).toBe(1);'],
  ['a list that is checked', 'for (const each of nonEmpty(found())) expect(each).toBe(1);'],
  ['every of a list that is checked', 'expect(nonEmpty(found).every((each) => each === 1)).toBe(true);'],
  ['a loop without an assertion', 'for (const each of found()) act(each);'],
])('%s is in order', (_what, source) => {
  expect(doubtful(source)).toEqual([]);
});

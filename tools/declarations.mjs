// What TypeScript reads of the packed package: the declarations of the public API, and nothing of what is behind it.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { filesBelow } from './third-party.mjs';

/**
 * Removes internal members from the declarations that `entry` reaches, and every declaration that it does not reach then. jsii needs
 * the declaration of an internal base class, so TypeScript's own `stripInternal` would remove too much.
 *
 * @throws Error when the public API needs the types of a package that an app does not have
 */
export function publishDeclarations(folder, entry) {
  const reached = new Set();
  const visit = (file) => {
    if (reached.has(file)) return;
    reached.add(file);
    const text = withoutInternal(file, readFileSync(file, 'utf8'));
    writeFileSync(file, text);
    for (const { fileName: name } of ts.preProcessFile(text).importedFiles) {
      if (/^(aws-cdk-lib|constructs)(\/|$)/.test(name)) continue;
      const target = [`${name}.d.ts`, `${name}/index.d.ts`]
        .map((each) => join(dirname(file), each))
        .find((each) => name.startsWith('.') && existsSync(each));
      if (!target) throw new Error(`${file}: the public API needs the types of ${name}, which an app does not have`);
      visit(target);
    }
  };
  visit(join(folder, entry));
  for (const file of filesBelow(folder)) if (file.endsWith('.d.ts') && !reached.has(file)) rmSync(file);
}

/** Without members marked `@internal`, and without imports that nothing uses then. */
function withoutInternal(name, text) {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
  const members = source.statements.flatMap((each) => [...(each.members ?? [])]);
  const internal = members.filter((each) => ts.getJSDocTags(each).some(({ tagName }) => tagName.text === 'internal'));
  return withoutUnusedImports(name, cut(text, internal));
}

function withoutUnusedImports(name, text) {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
  const imports = source.statements.filter(ts.isImportDeclaration);
  const rest = cut(text, imports);
  const isUsed = (identifier) => new RegExp(`\\b${identifier.text}\\b`).test(rest);
  const unused = imports.filter(({ importClause: clause }) => {
    const bindings = clause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings) || clause.name) return false;
    return !bindings.elements.some((element) => isUsed(element.name));
  });
  return cut(text, unused);
}

/** Cuts nodes out of a text, with their comments. */
function cut(text, nodes) {
  const ranges = nodes.map((node) => [node.getFullStart(), node.end]);
  return ranges.reverse().reduce((rest, [start, end]) => rest.slice(0, start) + rest.slice(end), text);
}

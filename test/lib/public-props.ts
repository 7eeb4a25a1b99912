import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import * as api from '../../lib';

const LIB = join(__dirname, '../../lib');

interface Declaration {
  /** The type of each prop by its name, as the source has it. */
  readonly props: ReadonlyMap<string, string>;
  readonly bases: readonly string[];
}

/** The props of each public type that a user fills in, those of its bases included, by the sources in `lib`. */
export function publicProps(): ReadonlyMap<string, readonly string[]> {
  return new Map([...publicPropTypes()].map(([type, props]) => [type, [...props.keys()]]));
}

/** The same with the type of each prop, as the source has it. */
export function publicPropTypes(): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const index = readFileSync(join(LIB, 'index.ts'), 'utf8');
  const declared = new Map(sources().flatMap((file) => declarationsIn(file)));
  const propsOf = (name: string): ReadonlyMap<string, string> => {
    const { props = [], bases = [] } = declared.get(name) ?? {};
    return new Map([...bases.flatMap((base) => [...propsOf(base)]), ...props]);
  };
  const names = [...declared.keys()].filter((name) => new RegExp(`\\b${name}\\b`).test(index) && !(name in api));
  return new Map(names.filter((name) => !/^I[A-Z][a-z]/.test(name)).map((name) => [name, propsOf(name)]));
}

function sources(): string[] {
  return readdirSync(LIB, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
}

function declarationsIn(file: string): [string, Declaration][] {
  const source = ts.createSourceFile(file, readFileSync(join(LIB, file), 'utf8'), ts.ScriptTarget.Latest);
  return source.statements.filter(ts.isInterfaceDeclaration).map((each) => [
    each.name.text,
    {
      props: new Map(
        each.members
          .filter(ts.isPropertySignature)
          .map(({ name, type }) => [(name as ts.Identifier).text, type?.getText(source) ?? '']),
      ),
      bases: (each.heritageClauses ?? []).flatMap(({ types }) =>
        types.map(({ expression }) => (expression as ts.Identifier).text),
      ),
    },
  ]);
}

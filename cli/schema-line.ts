import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** Where a schema of this package is, from the folder of a file; undefined when the folder does not have the package. */
export function schemaPath(directory: string, name: string): string | undefined {
  const start = resolve(directory);
  for (let folder = start; ; folder = dirname(folder)) {
    for (const docs of [join(folder, 'node_modules', 'cdk-greenlight', 'docs'), join(folder, 'docs')]) {
      const file = join(docs, name);
      if (existsSync(file)) return asUri(relative(start, file));
    }
    if (folder === dirname(folder)) return undefined;
  }
}

function asUri(path: string): string {
  const text = path.split(sep).map(encodeURIComponent).join('/');
  return text.startsWith('..') ? text : `./${text}`;
}

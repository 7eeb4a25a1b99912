import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** The packages that have the schemas. */
const PACKAGES = ['cdk-greenlight-cli', 'cdk-greenlight'];

/** The path of a schema relative to the folder of a file; undefined if the folder has none of our packages. */
export function schemaPath(directory: string, name: string): string | undefined {
  const start = resolve(directory);
  for (let folder = start; ; folder = dirname(folder)) {
    const installed = PACKAGES.map((name) => join(folder, 'node_modules', name, 'docs'));
    for (const docs of [...installed, join(folder, 'docs')]) {
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

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder of a handler's bundle, built ahead into the package: `bundles/` stands beside `lib/` in a checkout and
 * beside `dist/` in the installed package.
 *
 * @throws Error when it was not built
 */
export function bundleFolder(name: 'gate' | 'release' | 'live-route', from = __dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'bundles', name);
    if (existsSync(join(candidate, 'index.js'))) return candidate;
    if (dirname(folder) === folder) break;
  }
  throw new Error(`bundles/${name}/index.js is missing: run \`npm run bundle\`, or reinstall cdk-greenlight`);
}

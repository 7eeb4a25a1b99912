import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/**
 * A module without its packages as it is built: what runs the benchmarks adds calls of its own to every function.
 * @param path of the source, from the repository's root
 */
export function bundled<T>(path: string): T {
  // Here, so that it finds packages.
  const cache = join(__dirname, '../../node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'greenlight-bench-'));
  const outfile = join(folder, 'module.js');
  try {
    const entryPoints = [join(__dirname, '../..', path)];
    buildSync({ entryPoints, outfile, bundle: true, platform: 'node', target: 'node20', packages: 'external' });
    return createRequire(__filename)(outfile) as T;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

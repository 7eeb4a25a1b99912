import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/**
 * A module as a handler's bundle has it: what runs the benchmarks adds calls of its own to every function.
 * @param path of the source, from the repository's root
 */
export function bundled<T>(path: string): T {
  const folder = mkdtempSync(join(tmpdir(), 'greenlight-bench-'));
  const outfile = join(folder, 'module.js');
  try {
    const entryPoints = [join(__dirname, '../..', path)];
    buildSync({ entryPoints, outfile, bundle: true, platform: 'node', target: 'node20', minify: true });
    return createRequire(__filename)(outfile) as T;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** This package's own version: the first package.json above this file that is of the command line. */
export function packageVersion(from = __dirname): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = readManifest(join(folder, 'package.json'));
    if (manifest?.name === 'cdk-greenlight-cli') return manifest.version;
  }
  return 'unknown';
}

function readManifest(file: string): { name: string; version: string } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { name: string; version: string };
  } catch {
    return undefined;
  }
}

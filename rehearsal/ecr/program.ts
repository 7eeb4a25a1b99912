import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Writes the program that stands for docker (`CDK_DOCKER`) into a directory.
 * @returns its path
 * @throws Error when the bundles were not built
 */
export function writeDockerProgram(directory: string, url: string): string {
  const bundle = bundledProgram();
  if (process.platform === 'win32') {
    const path = join(directory, 'docker.cmd');
    writeFileSync(path, `@set GREENLIGHT_DOCKER_URL=${url}\r\n@"${process.execPath}" "${bundle}" %*\r\n`);
    return path;
  }
  const path = join(directory, 'docker');
  // sh and not a shebang of node's own path, which may hold spaces or be longer than a shebang can be.
  const script = `#!/bin/sh\nGREENLIGHT_DOCKER_URL=${quote(url)} exec ${quote(process.execPath)} ${quote(bundle)} "$@"\n`;
  writeFileSync(path, script, { mode: 0o755 });
  return path;
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Found from the sources as well as from the built files. */
function bundledProgram(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, 'bundles', 'preload', 'docker.cjs');
    if (existsSync(path)) return path;
  }
  throw new Error('bundles/preload/docker.cjs is missing: run npm run bundle');
}

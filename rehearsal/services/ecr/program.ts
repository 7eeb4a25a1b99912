import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { preloadFile } from '../../../common/bundles';

/**
 * Writes the program that stands for docker (`CDK_DOCKER`) into a directory.
 * @returns its path
 * @throws Error when the package is incomplete
 */
export function writeDockerProgram(directory: string, url: string): string {
  const bundle = preloadFile('docker');
  if (process.platform === 'win32') {
    const path = join(directory, 'docker.cmd');
    writeFileSync(path, `@set GREENLIGHT_DOCKER_URL=${url}\r\n@"${process.execPath}" "${bundle}" %*\r\n`);
    return path;
  }
  const path = join(directory, 'docker');
  // sh and not a shebang of node's own path, which may hold spaces or be longer than a shebang can be.
  const script = `#!/bin/sh\nGREENLIGHT_DOCKER_URL=${quote(url)} exec ${quote(process.execPath)} ${quote(bundle)} "$@"\n`;
  writeFileSync(path, script, { mode: 0o700 });
  return path;
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

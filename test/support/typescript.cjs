// `node --require typescript.cjs app.ts` runs an app as tsx does, with half of its processor time: what swc makes of a file is kept for
// the run of the tests, under a name that has the file's path and content.
const { transformSync, version } = require('@swc/core');
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const options = require('./swc-options.cjs');

const folder = join(process.env.SYNTHESIZED_ASSEMBLIES, 'compiled');
mkdirSync(folder, { recursive: true });

function compiled(path) {
  const source = readFileSync(path, 'utf8');
  const name = createHash('sha256')
    .update(JSON.stringify([version, path, source]))
    .digest('hex');
  const target = join(folder, `${name}.js`);
  if (existsSync(target)) return readFileSync(target, 'utf8');
  const { code } = transformSync(source, { ...options, filename: path });
  // Whole or not at all: other apps read it at the same time.
  const part = `${target}.${process.pid}`;
  writeFileSync(part, code);
  renameSync(part, target);
  return code;
}

require.extensions['.ts'] = (module, path) => module._compile(compiled(path), path);

// What the packed package needs of other packages goes into it, so that an app installs none of them.
import { build } from 'esbuild';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The packages that an app brings along. */
const PEERS = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).peerDependencies);
const LOADS = /\b(require|import)\("([^."][^"]*)"\)/g;

const isPeer = (name) => PEERS.some((peer) => name === peer || name.startsWith(`${peer}/`));

/**
 * Bundles each package that the compiled files below `folder` load into `<folder>/vendor.js`, and makes them load it from there.
 *
 * @returns the source files in the bundle, from the repository's root
 * @throws Error when a file loads a package by a dynamic import
 */
export async function vendor(folder) {
  const names = new Set();
  for (const file of filesBelow(folder).filter((path) => path.endsWith('.js'))) {
    const text = readFileSync(file, 'utf8');
    const vendored = text.replace(LOADS, (load, how, name) => {
      if (isBuiltin(name) || isPeer(name)) return load;
      if (how === 'import') throw new Error(`${file}: import('${name}') cannot be bundled: import it at the top`);
      names.add(name);
      const up = relative(dirname(file), folder).replaceAll(sep, '/') || '.';
      return `require("${up}/vendor")["${name}"]`;
    });
    if (vendored !== text) writeFileSync(file, vendored);
  }
  // Getters: a package is loaded when it is used first.
  const entries = [...names].sort().map((name) => `get "${name}"() { return require("${name}"); },`);
  const { metafile } = await build({
    stdin: { contents: `module.exports = {\n${entries.join('\n')}\n};\n`, resolveDir: root, sourcefile: 'vendor.js' },
    outfile: join(folder, 'vendor.js'),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
    legalComments: 'none',
    absWorkingDir: root,
    metafile: true,
  });
  return Object.keys(metafile.inputs).filter((path) => path !== 'vendor.js');
}

export function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/**
 * Writes one file with the name, version and licence of each package that has a source among `inputs`. Packages with the same
 * text of a licence share it.
 *
 * @throws Error when a package says nothing of its licence
 */
export function writeLicenses(file, inputs) {
  const texts = new Map();
  for (const folder of [...new Set(inputs.flatMap(packageFolder))].sort()) {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const own = readdirSync(join(root, folder)).find((each) => /^licen[cs]e(\.\w+)?$/i.test(each));
    if (!own && !license) throw new Error(`${folder} has neither a licence file nor a licence in its package.json`);
    const text = own ? readFileSync(join(root, folder, own), 'utf8').trim() : `Licence: ${license}`;
    texts.set(text, [...(texts.get(text) ?? []), `${name} ${version} (${license ?? 'licence below'})`]);
  }
  const sections = [...texts].map(([text, names]) => `${names.join('\n')}\n\n${text}`);
  sections.push(...serviceModels(dirname(file)));
  const title = 'This package contains code of the packages below, each under its own licence.';
  writeFileSync(file, `${[title, ...sections].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
}

/** The source of AWS's service models, where the package carries them (tools/service-models.ts). */
function serviceModels(folder) {
  const data = join(folder, 'dist', 'rehearsal', 'core', 'models', 'data');
  if (!existsSync(data)) return [];
  const sources = readdirSync(data).map((name) => JSON.parse(readFileSync(join(data, name), 'utf8')).source);
  const licence = 'Data from its service models. Licence: https://www.apache.org/licenses/LICENSE-2.0';
  return [...new Set(sources)].map((source) => `${source}\n\n${licence}`);
}

/** `node_modules/a/node_modules/@b/c` of a file in it; nothing of a file of this repository. */
function packageFolder(path) {
  const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path.replaceAll(sep, '/')) ?? [];
  return folder !== undefined && existsSync(join(root, folder, 'package.json')) ? [folder] : [];
}

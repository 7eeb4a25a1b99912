// Bundles what runs outside the package's own process: Lambda handlers and the preloads of the rehearsal's processes.
// Use: node tools/bundle.mjs <folder>, which is emptied first. A checkout calls this on demand (common/bundles.ts); the builds
// of the packages call `bundleHandlers` and `bundlePreloads`.
import { build } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'warning',
  absWorkingDir: root,
  metafile: true,
};

/**
 * Lets esbuild drop the schemas of operations that are not used. The clients declare each as a top-level array, some with
 * computed keys, which esbuild must take for side effects and keep: with EC2's, a handler would be twice as large.
 */
const dropUnusedSchemas = {
  name: 'drop-unused-schemas',
  setup(bundle) {
    bundle.onLoad({ filter: /@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]schemas[\\/].*\.js$/ }, async ({ path }) => {
      const declaration = /^((?:export )?var \w+\$? = )(\[[\s\S]*?\]);$/gm;
      const text = await readFile(path, 'utf8');
      return { contents: text.replace(declaration, '$1/* @__PURE__ */ (() => ($2))();') };
    });
  },
};

/**
 * A function has its credentials in its environment, where the SDK reads them first: the clients of the other places (profiles,
 * single sign-on, instance metadata) would be a quarter of a bundle.
 * https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
const credentialsOfEnvironment = {
  name: 'credentials-of-environment',
  setup(bundle) {
    bundle.onLoad({ filter: /credential-provider-node[\\/]dist-es[\\/]index\.js$/ }, ({ path }) => ({
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
      resolveDir: dirname(path),
    }));
  },
};

/**
 * Keeps `late/<file>.ts` out of the handler, in files next to it: what is not loaded need not be compiled, and compiling is
 * most of a cold start. `sources` receives the files that the handler may load, without their extension.
 */
const loadLate = (sources) => ({
  name: 'load-late',
  setup(bundle) {
    bundle.onResolve({ filter: /\/late\/[\w-]+$/ }, ({ path, kind, resolveDir }) => {
      if (kind === 'entry-point') return undefined;
      sources.add(join(resolveDir, path));
      return { path: `./${basename(path)}.js`, external: true };
    });
  },
});

/** @returns the source files in it */
async function bundleHandler(name, output) {
  const late = new Set();
  const handler = join(root, 'lambda', name, 'handler.ts');
  // Next to the bundles and not in them: a function does not carry what only the reader of its stack traces needs.
  const main = await bundleFunction(handler, join(output, name, 'index.js'), late, 'external');
  const others = await Promise.all(
    // Libraries and nothing else, so without a map.
    [...late].map((source) =>
      bundleFunction(`${source}.ts`, join(output, name, `${basename(source)}.js`), late, false),
    ),
  );
  moveSourceMaps(name, output);
  return [...main, ...others.flat()];
}

async function bundleFunction(source, outfile, late, sourcemap) {
  const { metafile } = await build({
    ...common,
    entryPoints: [source],
    outfile,
    minify: true,
    sourcemap,
    sourcesContent: false,
    mainFields: ['module', 'main'],
    plugins: [dropUnusedSchemas, credentialsOfEnvironment, loadLate(late)],
  });
  return Object.keys(metafile.inputs);
}

/** Compressed: they would be half of the package, and hardly anybody reads them. */
function moveSourceMaps(name, output) {
  const maps = join(output, 'source-maps', name);
  mkdirSync(maps, { recursive: true });
  for (const file of readdirSync(join(output, name)).filter((each) => each.endsWith('.map'))) {
    writeFileSync(join(maps, `${file}.gz`), gzipSync(readFileSync(join(output, name, file))));
    rmSync(join(output, name, file));
  }
}

/** Bundles each Lambda function to `<output>/<function>`. @returns the source files in them, from the repository's root */
export async function bundleHandlers(output) {
  const names = readdirSync(join(root, 'lambda')).filter((name) =>
    existsSync(join(root, 'lambda', name, 'handler.ts')),
  );
  return (await Promise.all(names.map((name) => bundleHandler(name, output)))).flat();
}

/** Bundles each preload to `<output>/preload`. @returns the source files in them, from the repository's root */
export async function bundlePreloads(output) {
  const names = readdirSync(join(root, 'rehearsal', 'preload')).filter((name) => name.endsWith('.ts'));
  const results = await Promise.all(
    names.map((name) =>
      build({
        ...common,
        entryPoints: [`rehearsal/preload/${name}`],
        outfile: join(output, 'preload', name.replace(/\.ts$/, '.cjs')),
        // What a user's function sees of the SDK keeps its names.
        minifyWhitespace: name === 'aws-sdk.ts',
        minifySyntax: name === 'aws-sdk.ts',
      }),
    ),
  );
  return results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
}

async function main([folder]) {
  if (!folder) throw new Error('usage: node tools/bundle.mjs <folder>');
  const output = resolve(folder);
  rmSync(output, { recursive: true, force: true });
  await Promise.all([bundleHandlers(output), bundlePreloads(output)]);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  await main(process.argv.slice(2));

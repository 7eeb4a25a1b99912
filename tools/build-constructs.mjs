// Builds what `npm pack` packs of the root package, cdk-greenlight: the constructs as a jsii module, and the bundles of their
// Lambda functions. `npm run build` and `npm pack` call it.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleHandlers } from './bundle.mjs';
import { publishDeclarations } from './declarations.mjs';
import { vendor, writeLicenses } from './third-party.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const bundles = join(root, 'bundles');

/**
 * jsii compiles the package as tsconfig.build.json says, and writes its assembly to `.jsii.gz`.
 *
 * @throws Error when the public API is not fit for other languages, or does not compile
 */
function compile() {
  const jsii = createRequire(import.meta.url).resolve('jsii/bin/jsii');
  // The peers' oldest versions are no development dependencies: the tests install them (test/stranger).
  const silenced = ['--silence-warnings', 'reserved-word', '--silence-warnings', 'missing-dev-dependency'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [jsii, '--compress-assembly', ...silenced], {
    cwd: root,
    encoding: 'utf8',
    // It says at length that it prefers a newer Node.
    env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: 'true' },
  });
  if (status !== 0) throw new Error(`jsii does not take the package:\n${stdout}${stderr}`);
}

for (const path of [dist, bundles, join(root, '.jsii'), join(root, '.jsii.gz')])
  rmSync(path, { recursive: true, force: true });
// One after the other: while this process waits for jsii, it could not respond to esbuild.
const bundled = await bundleHandlers(bundles);
compile();
publishDeclarations(dist, 'lib/index.d.ts');
writeLicenses(join(root, 'THIRD-PARTY-LICENSES'), [...bundled, ...(await vendor(dist))]);

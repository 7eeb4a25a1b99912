import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';

/** Runs every benchmark of this folder, or those named: `npm run bench -- gate`. Figures are printed, never asserted. */
async function main(names: readonly string[]): Promise<void> {
  const all = readdirSync(__dirname)
    .map((file) => parse(file).name)
    .filter((name) => !['index', 'support'].includes(name));
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`no benchmark ${unknown.join(', ')}; there are ${all.join(', ')}`);
  for (const name of names.length > 0 ? names : all) {
    console.log(`\n# ${name}`);
    const { run } = (await import(join(__dirname, name))) as { run: () => Promise<void> };
    await run();
  }
}

// What test/support/synthesize-once.cjs keeps, as in a run of the tests.
const assemblies = mkdtempSync(join(tmpdir(), 'greenlight-bench-'));
process.env.SYNTHESIZED_ASSEMBLIES = assemblies;
process.once('exit', () => rmSync(assemblies, { recursive: true, force: true }));

void main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isClassType, loadAssemblyFromPath } from '@jsii/spec';
import { Documentation, Language } from 'jsii-docgen';
import { deadLinks, renderPage } from './page';
import { violations } from './rules';

/**
 * `tsx tools/api` writes API.md from the assembly that the last build of the constructs left, after it held the API against our
 * own rules. With `--check` it compares the page instead.
 */

const root = join(__dirname, '../..');
const path = join(root, 'API.md');

async function page(abstract: ReadonlySet<string>): Promise<string> {
  const documentation = await Documentation.forProject(root);
  try {
    const { content } = await documentation.toJson({ language: Language.TYPESCRIPT, allSubmodules: true });
    return renderPage(content, abstract);
  } finally {
    await documentation.cleanup();
  }
}

/** README.md and the pages of docs/, which link to sections of API.md. */
function pagesWithLinks(): readonly string[] {
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...docs.map((name) => `docs/${name}`)].map((name) => readFileSync(join(root, name), 'utf8'));
}

/** @throws Error that says what is wrong and what to do */
async function main(option?: string): Promise<void> {
  if (option !== undefined && option !== '--check') throw new Error('usage: tsx tools/api [--check]');
  const assembly = loadAssemblyFromPath(root);
  const problems = violations(assembly);
  if (problems.length > 0) throw new Error(`the public API breaks its rules:\n${problems.join('\n')}`);
  const classes = Object.values(assembly.types ?? {}).filter(isClassType);
  const current = await page(new Set(classes.filter((type) => type.abstract).map((type) => type.fqn)));
  if (option === undefined) writeFileSync(path, current);
  if (readFileSync(path, 'utf8') !== current) throw new Error('API.md differs from lib/: run `npm run docs`');
  const dead = deadLinks(current, pagesWithLinks());
  if (dead.length > 0) throw new Error(`API.md has no sections ${dead.join(', ')}, which pages link to`);
}

void main(process.argv[2]).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});

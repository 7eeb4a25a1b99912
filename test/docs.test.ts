import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { defaultParameters } from '../rehearsal/core/parameters';

/** Relative links of every Markdown page lead somewhere, to a heading too. */

const root = join(__dirname, '..');
/** Generated: `npm run docs:check` compares it, and the links to its sections. */
const GENERATED = join(root, 'API.md');

function pagesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return /^(node_modules|dist|bundles|cdk\.out|coverage|\..*)$/.test(entry.name) ? [] : pagesIn(path);
    return entry.name.endsWith('.md') && path !== GENERATED ? [path] : [];
  });
}

/** As GitHub makes an anchor of a heading. */
function anchorsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

/** Relative ones, outside code. */
function linksOf(page: string): string[] {
  const prose = page.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, 'code');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

function deadLinks(path: string, page: string): string[] {
  return linksOf(page)
    .filter((target) => {
      const [file = '', anchor] = target.split('#');
      const found = file === '' ? path : join(dirname(path), file);
      if (!existsSync(found)) return true;
      if (found === GENERATED) return false;
      return anchor !== undefined && !anchorsOf(readFileSync(found, 'utf8')).includes(anchor);
    })
    .map((target) => `${relative(root, path)}: ${target}`);
}

test('relative links lead somewhere', () => {
  const pages = pagesIn(root);
  expect(pages.length).toBeGreaterThan(15);
  expect(pages.flatMap((path) => deadLinks(path, readFileSync(path, 'utf8')))).toEqual([]);
});

test('relative links of the pages that the package has lead to what it has', () => {
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: string[] };
  const packed = [...files, 'README.md', 'LICENSE', 'package.json'];
  const has = (path: string) => packed.some((each) => path === each || path.startsWith(`${each}/`));
  const pages = pagesIn(root).filter((path) => has(relative(root, path)));
  const leavingIt = pages.flatMap((path) =>
    linksOf(readFileSync(path, 'utf8'))
      .filter((target) => !target.startsWith('#'))
      .map((target) => relative(root, join(dirname(path), target.replace(/#.*/, ''))))
      .filter((target) => !has(target))
      .map((target) => `${relative(root, path)}: ${target}`),
  );
  expect(pages.length).toBeGreaterThan(15);
  expect(leavingIt).toEqual([]);
});

test('docs/fidelity.md lists every parameter with the default in force', () => {
  const rows = [...readFileSync('docs/fidelity.md', 'utf8').matchAll(/^\| `(\w+)` *\| (\d+) /gm)];
  expect(Object.fromEntries(rows.map(([, name, value]) => [name, Number(value)]))).toEqual(defaultParameters);
});

test('every fidelity page is listed', () => {
  const index = readFileSync(join(root, 'docs/fidelity.md'), 'utf8');
  const missing = readdirSync(join(root, 'docs/fidelity')).filter((name) => !index.includes(`(fidelity/${name})`));
  expect(missing).toEqual([]);
});

test('every fidelity page names its tests, and each behaviour says what AWS and what the rehearsal does', () => {
  const pages = readdirSync(join(root, 'docs/fidelity')).map((name) =>
    readFileSync(join(root, 'docs/fidelity', name), 'utf8'),
  );
  expect(pages.length).toBeGreaterThan(15);
  const tests = pages.map((page) => pathsIn(/^Tests: (.*)$/m.exec(page)?.[1]));
  expect(tests.map((paths) => paths.length)).not.toContain(0);
  expect(tests.flat().filter((path) => !existsSync(join(root, path)))).toEqual([]);
  const entries = pages.flatMap((page) => page.split('\n- **').slice(1));
  expect(entries.length).toBeGreaterThan(200);
  expect(entries.filter((entry) => !/\n {2}- AWS: .+\n {2}- Rehearsal: ./.test(entry))).toEqual([]);
});

test('every test that a behaviour of a fidelity page names exists, with that title', () => {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const lines = readdirSync(join(root, 'docs/fidelity')).flatMap((name) => [
    ...readFileSync(join(root, 'docs/fidelity', name), 'utf8').matchAll(/^ {2}- Test: (.*)$/gm),
  ]);
  const named = lines.flatMap(([, line = '']) => [...line.matchAll(/`([\w.-]+\.test\.ts)`(?:, "([^"]+)")?/g)]);
  expect(named.length).toBeGreaterThan(50);
  const missing = named.filter(([, file = '', title = '']) => {
    const found = files.filter((name) => basename(name) === file);
    return !found.some((name) => readFileSync(join(root, 'test', name), 'utf8').includes(title));
  });
  expect(missing.map(([whole]) => whole)).toEqual([]);
});

test('docs/README.md lists every page of docs/, and README.md leads to it on its first screen', () => {
  const index = readFileSync(join(root, 'docs/README.md'), 'utf8');
  const names = readdirSync(join(root, 'docs')).filter((name) => /\.(md|json)$/.test(name) && name !== 'README.md');
  expect(names.length).toBeGreaterThan(15);
  expect(names.filter((name) => !index.includes(`(${name})`))).toEqual([]);
  const firstScreen = readFileSync(join(root, 'README.md'), 'utf8').split('\n').slice(0, 20).join('\n');
  expect(linksOf(firstScreen)).toEqual(expect.arrayContaining(['docs/README.md', 'docs/start.md']));
});

/** Rows of a page's table, each as the texts of its cells. */
function rowsOf(page: string, heading: string): string[][] {
  const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** What a text has in backticks. */
function pathsIn(text = ''): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);
}

test('each of ten behaviours is where CONTRIBUTING.md says, in the file and under the name', () => {
  const rows = rowsOf(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8'), 'Where is what');
  expect(rows).toHaveLength(10);
  const wrong = rows.filter(([, file, name]) => {
    const [path = '', exported = ''] = [...pathsIn(file), ...pathsIn(name)];
    if (!existsSync(join(root, path))) return true;
    const declared = new RegExp(`^export (?:async )?(?:const|function|class|interface|type) ${exported}\\b`, 'm');
    return !declared.test(readFileSync(join(root, path), 'utf8'));
  });
  expect(wrong).toEqual([]);
});

test('each word of the glossary names files that exist', () => {
  const rows = rowsOf(readFileSync(join(root, 'docs/architecture.md'), 'utf8'), 'Glossary');
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.filter(([, , where]) => pathsIn(where).length === 0)).toEqual([]);
  expect(rows.flatMap(([, , where]) => pathsIn(where)).filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('docs/adr/README.md lists every decision by its title, in order', () => {
  const folder = join(root, 'docs/adr');
  const entries = readdirSync(folder)
    .filter((name) => name !== 'README.md')
    .sort()
    .map((name) => `- [${readFileSync(join(folder, name), 'utf8').split('\n')[0]?.replace(/^# /, '')}](${name})`);
  expect(entries.length).toBeGreaterThan(40);
  expect(
    readFileSync(join(folder, 'README.md'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('- ')),
  ).toEqual(entries);
});

test.each([
  ['[a](nowhere.md)', 1],
  ['[a](#no-such-heading)', 1],
  ['[a](README.md#no-such-heading)', 1],
  ['`[a](nowhere.md)`', 0],
  ['[a](README.md), [b](#a-thing), [c](https://example.com/x.md)\n\n## A `thing`', 0],
])('the rule itself: %s', (text, count) => {
  const path = join(root, 'README.md');
  const own = text.includes('#a-thing') ? text.replace('#a-thing', '#quick-start') : text;
  expect(deadLinks(path, own)).toHaveLength(count);
});

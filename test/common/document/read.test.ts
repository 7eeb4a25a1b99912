import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPlan } from '../../../rehearsal/runner/plan/read';
import { PlanError } from '../../../rehearsal/runner/plan/plan';
import { readSuite, SuiteError } from '../../../smoke/suite';
import { temporaryDirectory } from '../../support/temporary';

const folder = temporaryDirectory('document');

const readers = {
  'rehearsal file': (file: string) => readPlan(file),
  'smoke suite': (file: string) => readSuite(file),
};

/** Lines of what a reader says, without the folder. */
function problemsOf(read: (file: string) => unknown, file: string): readonly string[] {
  try {
    read(file);
  } catch (error) {
    if (error instanceof PlanError) return error.messages.map((line) => line.replace(`${folder}/`, ''));
    if (error instanceof SuiteError) return error.problems.map((line) => line.replace(`${folder}/`, ''));
    throw error;
  }
  return [];
}

function fileOf(content: string | Buffer): string {
  const file = join(folder, 'f.yaml');
  writeFileSync(file, content);
  return file;
}

const bomb = [
  'a0: &a0 [x]',
  ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`),
].join('\n');

describe.each(Object.entries(readers))('a %s', (_name, read) => {
  test.each<[string, string | Buffer, string | RegExp]>([
    ['that is empty', '', 'f.yaml:1:1: the file is empty'],
    ['with comments only', '# nothing\n', 'f.yaml:1:1: the file is empty'],
    [
      'with a key twice',
      'version: 1\nversion: 1\n',
      'f.yaml:2:1: this key is in the map already: remove one of the two',
    ],
    ['with a tab', 'version: 1\na:\n\tb: 1\n', 'f.yaml:3:1: a tab cannot indent: use spaces'],
    [
      'with two documents',
      'version: 1\n---\nversion: 1\n',
      'f.yaml:2:1: a second document begins here: one file holds one',
    ],
    ['with an unknown tag', 'version: !int 1\n', /^f\.yaml:1:10: Unresolved tag/],
    ['with an alias of nothing', 'version: *one\n', 'f.yaml:1:10: *one refers to no anchor before it: &one is missing'],
    ['that contains itself', 'version: &a [*a]\n', 'f.yaml:1:14: *a contains itself'],
    ['with an alias bomb', bomb, /^f\.yaml:2:\d+: aliases make the document too large, 100 at most$/],
    ['of brackets', '['.repeat(200_000), 'f.yaml:1:101: nested too deeply, 100 levels at most'],
    ['of dashes', '- '.repeat(100_000), 'f.yaml:1:1: nested too deeply, 100 levels at most'],
    ['of question marks', 'a: 1\n' + '? '.repeat(100_000), 'f.yaml:2:1: nested too deeply, 100 levels at most'],
    ['with a list as key', '? [a]\n: 1\n', 'f.yaml:1:3: a key must be text'],
    ['that is huge', Buffer.alloc(3_000_000, 'a: 1\n'), 'f.yaml: it is larger than 1000000 bytes'],
    ['in UTF-16', Buffer.from('\uFEFFversion: 1', 'utf16le'), 'f.yaml:1:1: it is UTF-16: save it as UTF-8'],
    ['in Latin-1', Buffer.from('version: 1\nname: caf\u00e9\n', 'latin1'), 'f.yaml:2:10: it is not text in UTF-8'],
    ['that is a picture', Buffer.from('89504e470d0a1a0a00', 'hex'), 'f.yaml:1:1: it is not text in UTF-8'],
  ])('%s is reported with its place', (_what, content, expected) => {
    const [first = ''] = problemsOf(read, fileOf(content));
    if (typeof expected === 'string') expect(first).toBe(expected);
    else expect(first).toMatch(expected);
  });

  test('that is a folder, is missing, or lies in a file', () => {
    const there = join(folder, 'folder');
    mkdirSync(there, { recursive: true });
    expect(problemsOf(read, there)).toEqual(['folder: it is a folder; name the file in it']);
    expect(problemsOf(read, join(folder, 'no.yaml'))[0]).toMatch(
      /^no\.yaml: there is no such file; `greenlight .+ --init` /,
    );
    expect(problemsOf(read, join(fileOf('a: 1'), 'x'))[0]).toMatch(/: there is no such file; /);
  });

  test('has few lines about many problems', () => {
    expect(problemsOf(read, fileOf('a: '.repeat(5_000))).length).toBeLessThan(25);
  });
});

test('JSON, with tabs and a byte order mark, is read as YAML is', () => {
  const plan = { version: 1, stack: 'Shop', releases: [{ name: 'v1', expect: 'created' }] };
  expect(readPlan(fileOf(`\uFEFF${JSON.stringify(plan, undefined, '\t')}`)).stack).toBe('Shop');
  const places = problemsOf(
    readPlan,
    fileOf(`\uFEFF{"versio": 1, "releases": [{ "name": "v1", "expect": "created" }]}`),
  );
  expect(places).toEqual([
    expect.stringMatching(/^f\.yaml:1:1: version is missing: give 1$/),
    expect.stringMatching(/^f\.yaml:1:2: versio is 1: unknown field \(did you mean version\?\); use /),
  ]);
});

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import {
  DEFAULT_ASYNC,
  parseReference,
  resolveVersion,
  retryDelayMs,
} from '../../../../rehearsal/services/lambda/state';
import { readZip, unzip } from '../../../../rehearsal/services/lambda/zip';
import { temporaryDirectory } from '../../../support/temporary';
import { zipOf } from '../../../support/rehearsal/zip';

test.each([
  ['f', undefined, { name: 'f' }],
  ['f:live', undefined, { name: 'f', qualifier: 'live' }],
  ['arn:aws:lambda:us-east-1:111111111111:function:f', undefined, { name: 'f' }],
  ['arn:aws:lambda:us-east-1:111111111111:function:f:3', undefined, { name: 'f', qualifier: '3' }],
  ['111111111111:function:f', 'live', { name: 'f', qualifier: 'live' }],
])('%s with qualifier %s', (text, qualifier, expected) => {
  expect(parseReference(text, qualifier)).toEqual(expected);
});

test('an event is retried after one and after two minutes', () => {
  expect([1, 2, 3].map((failed) => retryDelayMs(failed, 0, DEFAULT_ASYNC))).toEqual([60_000, 120_000, undefined]);
  expect(retryDelayMs(1, 0, { retries: 0, maximumAgeMs: 1e9 })).toBeUndefined();
  expect(retryDelayMs(1, 30_000, { retries: 2, maximumAgeMs: 60_000 })).toBeUndefined();
});

test('a weighted alias draws by its weights', () => {
  const version = (name: string) => ({ version: name, revision: name }) as never;
  const fn = {
    versions: new Map([
      ['1', version('1')],
      ['2', version('2')],
    ]),
    aliases: new Map([['live', { name: 'live', version: '1', weights: { '2': 0.25 } }]]),
  } as never;
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
      expect(resolveVersion(fn, 'live', random)?.version).toBe(random < 0.25 ? '2' : '1');
    }),
  );
});

describe('zip', () => {
  test("reads Python's archives: stored, deflated, nested, with a comment", () => {
    const path = join(temporaryDirectory('zip'), 'a.zip');
    const script = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as z:
    z.writestr('index.js', 'x' * 5000, zipfile.ZIP_DEFLATED)
    z.writestr('a/b.txt', 'stored', zipfile.ZIP_STORED)
    z.writestr('a/', '')
    z.comment = b'comment'`;
    try {
      execFileSync('python3', ['-c', script, path], { stdio: 'pipe' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return; // No Python: the next test covers the format.
      throw error;
    }
    const entries = readZip(readFileSync(path)).map(({ name, content }) => [name, content.toString()]);
    expect(entries).toEqual([
      ['index.js', 'x'.repeat(5000)],
      ['a/b.txt', 'stored'],
    ]);
  });

  test('what is zipped is read', () => {
    const files = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}\.js$/), fc.string());
    fc.assert(
      fc.property(files, (given) => {
        const found = readZip(zipOf(given)).map(({ name, content }) => [name, content.toString()]);
        expect(Object.fromEntries(found)).toEqual({ ...given });
      }),
    );
  });

  test('refuses what is no zip, other methods, and names that leave the directory', async () => {
    expect(() => readZip(Buffer.from('hello'))).toThrow('not a zip');
    const odd = zipOf({ 'a.js': 'x' });
    odd.writeUInt16LE(12, odd.indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 10);
    expect(() => readZip(odd)).toThrow('zip method 12');
    const directory = temporaryDirectory('zip');
    expect(() => unzip(zipOf({ '../out.js': 'x' }), directory)).toThrow('leaves');
    writeFileSync(join(directory, 'still-works'), deflateRawSync('x'));
  });
});

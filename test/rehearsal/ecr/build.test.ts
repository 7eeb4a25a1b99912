import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { buildImage, type BuildOptions } from '../../../rehearsal/ecr/build';
import { globPattern, ignoreRule, readContext } from '../../../rehearsal/ecr/context';

describe('buildImage', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'greenlight-build-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  function build(dockerfile: string, files: Record<string, string> = {}, options: Partial<BuildOptions> = {}) {
    for (const [path, content] of Object.entries({ ...files, Dockerfile: dockerfile })) {
      mkdirSync(dirname(join(root, 'context', path)), { recursive: true });
      writeFileSync(join(root, 'context', path), content);
    }
    return buildImage({
      contextDirectory: join(root, 'context'),
      rootDirectory: join(root, 'image'),
      buildArgs: {},
      ...options,
    });
  }
  const laidOut = () => readContext(join(root, 'image')).files.toSorted();

  test('lays out what COPY puts into WORKDIR and runs CMD there', () => {
    const image = build(
      'FROM node:22 AS base\n# a comment\nWORKDIR /app\nENV A=1 B="two words"\nCOPY --chown=node:node package.json ./\n' +
        'COPY src ./src\nUSER node\nEXPOSE 8080\nCMD ["node", "src/server.js"]\n',
      { 'package.json': '{}', 'src/server.js': '1', 'src/lib/a.js': '2', 'README.md': '' },
    );
    expect(relative(root, image.directory)).toBe('image/app');
    expect(laidOut()).toEqual(['app/package.json', 'app/src/lib/a.js', 'app/src/server.js']);
    expect(image).toMatchObject({ command: ['node', 'src/server.js'], environment: { A: '1', B: 'two words' } });
    expect(image.problem).toBeUndefined();
  });

  test('COPY . honours .dockerignore', () => {
    const files = {
      'a.js': '',
      'b.md': '',
      'keep.md': '',
      'node_modules/x/i.js': '',
      '.dockerignore': 'node_modules\n*.md\n!keep.md\nDockerfile\n',
    };
    build('FROM node\nWORKDIR /srv\nCOPY . .\nCMD ["node","a.js"]', files);
    expect(laidOut()).toEqual(['srv/.dockerignore', 'srv/a.js', 'srv/keep.md']);
  });

  test('renames a file, keeps globs in a folder, follows changes of WORKDIR', () => {
    build('FROM node\nWORKDIR /a\nWORKDIR b\nCOPY one.txt two.txt\nADD *.json conf/\nCMD x', {
      'one.txt': '1',
      'c.json': '',
      'd.json': '',
    });
    expect(laidOut()).toEqual(['a/b/conf/c.json', 'a/b/conf/d.json', 'a/b/two.txt']);
  });

  test('absolute paths of the command point into the image, those of the machine stay', () => {
    const image = build(
      'FROM node\nWORKDIR /app\nCOPY s.js .\nENTRYPOINT ["/usr/bin/env", "node"]\nCMD ["/app/s.js"]',
      { 's.js': '' },
    );
    expect(image.command).toEqual(['/usr/bin/env', 'node', join(root, 'image/app/s.js')]);
  });

  test('the shell form runs in a shell', () => {
    const image = build('FROM node\nWORKDIR /app\nCOPY s.js .\nCMD exec node /app/s.js --dir=/app/data', {
      's.js': '',
    });
    const app = join(root, 'image/app');
    expect(image.command).toEqual(['/bin/sh', '-c', `exec node ${app}/s.js --dir=${app}/data`]);
  });

  test('ARG: the build argument, else the default', () => {
    const text = 'ARG BASE=node\nFROM $BASE\nARG DIR=src\nARG V\nENV V=${V:-none}\nCOPY ${DIR}/ /app/\nCMD ["node"]';
    const image = build(text, { 'src/a': '', 'other/b': '' }, { buildArgs: { DIR: 'other' } });
    expect(laidOut()).toEqual(['app/b']);
    expect(image.environment).toEqual({ V: 'none' });
  });

  test.each([
    ['RUN', 'FROM node\nRUN npm ci\nCMD ["node"]', 'runs a command on line 2: RUN npm ci'],
    ['COPY --from', 'FROM node AS b\nFROM node\nCOPY --from=b /x /x\nCMD ["node"]', 'copies from b on line 3'],
    ['ADD of a URL', 'FROM node\nADD https://example.com/x /x\nCMD ["node"]', 'adds https://example.com/x'],
    ['no command', 'FROM node\nWORKDIR /app', 'has neither CMD nor ENTRYPOINT'],
  ])('%s makes an image that cannot run here, with the remedy', (_name, dockerfile, problem) => {
    const image = build(dockerfile);
    expect(image.problem).toContain(problem);
    expect(image.problem).toContain('greenlight.rehearsal.command');
  });

  test.each([
    ['an unknown instruction', 'FROM node\nCOPPY a b', 'unknown instruction: COPPY'],
    ['a missing source', 'FROM node\nCOPY nothing .', '"/nothing": not found'],
    ['no FROM', 'WORKDIR /x', 'no FROM'],
  ])('%s is an error', (_name, dockerfile, message) => {
    expect(() => build(dockerfile)).toThrow(message);
  });

  test('a target stage', () => {
    const image = build('FROM a AS one\nCMD ["1"]\nFROM b AS two\nCMD ["2"]', {}, { target: 'one' });
    expect(image.command).toEqual(['1']);
    expect(() => build('FROM a', {}, { target: 'x' })).toThrow('target stage "x" could not be found');
  });

  test('destinations cannot leave the image', () => {
    build('FROM node\nWORKDIR /app\nCOPY a ../../../../out/\nCMD x', { a: 'A' });
    expect(readFileSync(join(root, 'image/out/a'), 'utf8')).toBe('A');
    expect(existsSync(join(root, 'out'))).toBe(false);
  });
});

test.each([
  ['*', 'src', true],
  ['*', 'src/a', false],
  ['**/a', 'x/y/a', true],
  ['**/a', 'a', true],
  ['a?', 'ab', true],
  ['a.b', 'axb', false],
])('glob %s on %s', (glob, path, matches) => {
  expect(globPattern(glob).test(path)).toBe(matches);
});

test('.dockerignore: everything but', () => {
  const ignored = ignoreRule('*\n!package.json\n!src\n');
  expect(['package.json', 'src/a.js', 'README.md', 'test/a.js'].map(ignored)).toEqual([false, false, true, true]);
});

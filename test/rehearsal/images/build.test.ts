import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { buildImage, type BuildOptions } from '../../../rehearsal/images/build';
import { globPattern, ignoreRule, readContext } from '../../../rehearsal/images/context';
import { ImageRoot } from '../../../rehearsal/images/root';
import { until } from '../../support/until';
import { isAlive } from '../../support/processes';

type Files = Readonly<Record<string, string>>;

/** A folder for one test: a build context, and where the image is laid out. */
function project() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'greenlight-build-')));
  const notes: string[] = [];
  const write = (files: Files) => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, 'context', path)), { recursive: true });
      writeFileSync(join(root, 'context', path), content);
    }
  };
  const build = (dockerfile: string, files: Files = {}, options: Partial<BuildOptions> = {}) => {
    write({ ...files, Dockerfile: dockerfile });
    return buildImage({
      contextDirectory: join(root, 'context'),
      rootDirectory: join(root, 'image'),
      cacheDirectory: join(root, 'caches'),
      buildArgs: {},
      runs: 'confined',
      signal: new AbortController().signal,
      note: (text) => void notes.push(text),
      ...options,
    });
  };
  const remove = () => rmSync(root, { recursive: true, force: true });
  return { root, notes, write, build, remove };
}

describe('buildImage', () => {
  let here: ReturnType<typeof project>;
  beforeEach(() => (here = project()));
  afterEach(() => here.remove());
  const build: ReturnType<typeof project>['build'] = (...args) => here.build(...args);
  const laidOut = (root: string) => readContext(root).files.toSorted();
  const read = (image: { root: string }, path: string) => readFileSync(join(image.root, path), 'utf8');

  test('lays out what COPY puts into WORKDIR and runs CMD there', async () => {
    const image = await build(
      'FROM node:22 AS base\n# a comment\nWORKDIR /app\nENV A=1 B="two words"\nCOPY --chown=node:node package.json ./\n' +
        'COPY src ./src\nUSER node\nEXPOSE 8080\nCMD ["node", "src/server.js"]\n',
      { 'package.json': '{}', 'src/server.js': '1', 'src/lib/a.js': '2', 'README.md': '' },
    );
    expect(relative(image.root, image.directory)).toBe('app');
    expect(laidOut(image.root)).toEqual(['app/package.json', 'app/src/lib/a.js', 'app/src/server.js']);
    expect(image).toMatchObject({ command: ['node', 'src/server.js'], environment: { A: '1', B: 'two words' } });
  });

  test('COPY . honours .dockerignore', async () => {
    const files = {
      'a.js': '',
      'b.md': '',
      'keep.md': '',
      'node_modules/x/i.js': '',
      '.dockerignore': 'node_modules\n*.md\n!keep.md\nDockerfile\n',
    };
    const image = await build('FROM node\nWORKDIR /srv\nCOPY . .\nCMD ["node","a.js"]', files);
    expect(laidOut(image.root)).toEqual(['srv/.dockerignore', 'srv/a.js', 'srv/keep.md']);
  });

  test('what a RUN step starts in a session of its own ends with the step, which does not wait for it', async () => {
    const file = join(here.root, 'pid');
    const script = `
      const { pid } = require('child_process').spawn('sleep', ['300'], { detached: true, stdio: 'inherit' });
      require('fs').writeFileSync(${JSON.stringify(file)}, String(pid));
      process.exit();`;
    await build('FROM node\nWORKDIR /app\nCOPY start.js .\nRUN node start.js\nCMD x', { 'start.js': script });
    const pid = Number(readFileSync(file, 'utf8'));
    await until('the sleeper to end', () => !isAlive(pid));
  });

  test('a wildcard of COPY may match nothing, a name may not', async () => {
    const files = { 'package.json': '{}' };
    const image = await build('FROM node\nWORKDIR /app\nCOPY package.json yarn.lock* *.toml ./\nCMD x', files);
    expect(laidOut(image.root)).toEqual(['app/package.json']);
    await expect(build('FROM node\nCOPY package.json yarn.lock /app/\nCMD x', files)).rejects.toThrow(
      'failed to compute cache key: "/yarn.lock": not found',
    );
  });

  test('an ignore file of the Dockerfile itself wins', async () => {
    const files = { 'deploy/prod': 'FROM node\nCOPY . /app/\nCMD ["x"]', '.dockerignore': 'a' };
    const options = { file: 'deploy/prod' };
    const image = await build('', { ...files, 'deploy/prod.dockerignore': '*\n!a', a: '' }, options);
    expect(laidOut(image.root)).toEqual(['app/a']);
  });

  test('renames a file, keeps globs in a folder, follows changes of WORKDIR', async () => {
    const files = { 'one.txt': '1', 'c.json': '', 'd.json': '' };
    const image = await build('FROM node\nWORKDIR /a\nWORKDIR b\nCOPY one.txt two.txt\nADD *.json conf/\nCMD x', files);
    expect(laidOut(image.root)).toEqual(['a/b/conf/c.json', 'a/b/conf/d.json', 'a/b/two.txt']);
  });

  test('ARG: the build argument, else the default, and the one before FROM where a stage declares it', async () => {
    const text =
      "ARG BASE=node\nARG TAG=7\nFROM $BASE\nARG DIR=src\nARG V\nARG TAG\nENV V=${V:-none} T=${TAG} S='$V'\n" +
      'COPY ${DIR}/ /app/\nCMD ["node"]';
    const image = await build(text, { 'src/a': '', 'other/b': '' }, { buildArgs: { DIR: 'other' } });
    expect(laidOut(image.root)).toEqual(['app/b']);
    expect(image.environment).toMatchObject({ V: 'none', T: '7', S: '$V' });
  });

  test('here-documents: a file, a script, and one whose variables stay', async () => {
    const image = await build(
      'FROM node\nENV NAME=shop\nCOPY <<EOF /etc/app.conf\nname=$NAME\nEOF\nCOPY <<"EOF" /raw\n$NAME\nEOF\n' +
        'RUN <<EOF\nset -e\nmkdir -p /data\necho made > /data/file\nEOF\nCMD ["x"]',
    );
    expect(read(image, 'etc/app.conf')).toBe('name=shop\n');
    expect(read(image, 'raw')).toBe('$NAME\n');
    expect(read(image, 'data/file')).toBe('made\n');
  });

  test('RUN works in the folder of WORKDIR, and absolute paths of the image lead into it', async () => {
    const image = await build(
      'FROM alpine\nWORKDIR /srv/app\nENV OUT_DIR=/opt/out\nRUN mkdir -p /opt/out "$OUT_DIR/sub" && pwd > /opt/out/where \\\n' +
        '  # why\n  && cp /opt/out/where copy && echo "$OUT_DIR" > text\nCMD ["x"]',
    );
    expect(read(image, 'opt/out/where').trim()).toBe(join(image.root, 'srv/app'));
    expect(existsSync(join(image.root, 'opt/out/sub'))).toBe(true);
    expect(existsSync('/opt/out/where')).toBe(false);
  });

  test('RUN npm ci installs the dependencies of the app', async () => {
    const lock = {
      name: 'app',
      lockfileVersion: 3,
      packages: {
        '': { name: 'app', dependencies: { greet: 'file:greet' } },
        greet: { version: '1.0.0' },
        'node_modules/greet': { resolved: 'greet', link: true },
      },
    };
    const image = await build(
      'FROM node:20-alpine\nWORKDIR /app\nCOPY package*.json ./\nCOPY greet ./greet\nRUN npm ci --omit=dev\nCOPY . .\nCMD ["node","."]',
      {
        'package.json': JSON.stringify({ name: 'app', dependencies: { greet: 'file:greet' } }),
        'package-lock.json': JSON.stringify(lock),
        'greet/package.json': JSON.stringify({ name: 'greet', version: '1.0.0', scripts: {} }),
        'greet/index.js': 'module.exports = 1',
      },
    );
    expect(existsSync(join(image.root, 'app/node_modules/greet/index.js'))).toBe(true);
  }, 60_000);

  test('COPY --exclude leaves out what a pattern matches, and --parents keeps the folders of a source', async () => {
    const image = await build(
      'FROM node\nCOPY --exclude=*.md --exclude=lib src /a/\nCOPY --parents src/lib/x.js docs/./deep/b.md /b/\nCMD x',
      { 'src/i.js': '', 'src/r.md': '', 'src/lib/x.js': '', 'docs/deep/b.md': '' },
    );
    expect(laidOut(image.root)).toEqual(['a/i.js', 'b/deep/b.md', 'b/src/lib/x.js']);
  });

  test('several stages: a build step, and COPY --from by name and by number', async () => {
    const image = await build(
      'FROM node AS build\nWORKDIR /src\nCOPY . .\nRUN mkdir dist && cp a.js dist/b.js && ln -s /src/dist/b.js dist/link\n' +
        'FROM unused AS never\nRUN exit 7\nFROM build AS second\nRUN cp dist/b.js dist/c.js\nFROM node\nWORKDIR /app\n' +
        'COPY --from=build /src/dist ./dist\nCOPY --from=2 /src/dist/c.js ./\nCMD ["node","dist/b.js"]',
      { 'a.js': 'A' },
    );
    expect(laidOut(image.root)).toEqual(['app/c.js', 'app/dist/b.js', 'app/dist/link']);
    expect(read(image, 'app/dist/b.js')).toBe('A');
  });

  test('a step that fails is an error with its last output', async () => {
    const failing = build(
      'FROM node\nRUN echo before && node -e "console.error(\'no such thing\'); process.exit(3)"\nCMD ["x"]',
    );
    await expect(failing).rejects.toThrow(/exit code: 3[\s\S]*no such thing/);
  });

  test('what has no meaning outside a container is left out, and said', async () => {
    const image = await build(
      'FROM node\nRUN apk add --no-cache curl && mkdir /made && chown -R node /made\nRUN adduser -D app\nCMD ["x"]',
    );
    expect(existsSync(join(image.root, 'made'))).toBe(true);
    expect(here.notes).toEqual([
      'left out on line 2: apk add --no-cache curl; chown -R node /made',
      'left out on line 3: adduser -D app',
    ]);
  });

  test('--mount=type=bind is there while the step runs, and gone afterwards', async () => {
    const image = await build(
      'FROM node\nWORKDIR /app\nRUN --mount=type=bind,source=a.txt,target=a.txt --mount=type=cache,target=/cache/npm cp a.txt b.txt\nCMD ["x"]',
      { 'a.txt': 'A' },
    );
    expect(laidOut(join(image.root, 'app'))).toEqual(['b.txt']);
  });

  test('ONBUILD of a stage runs in the stage that is built on it', async () => {
    const image = await build('FROM node AS base\nONBUILD COPY a.txt /on/\nFROM base\nCMD ["x"]', { 'a.txt': 'A' });
    expect(laidOut(image.root)).toEqual(['on/a.txt']);
  });

  test('an ENTRYPOINT drops the CMD of the base image only', async () => {
    expect(await build('FROM nginx\nENTRYPOINT ["x"]')).toMatchObject({ entrypoint: ['x'], command: [] });
    expect(await build('FROM node\nCMD ["y"]\nENTRYPOINT ["x"]')).toMatchObject({ entrypoint: ['x'], command: ['y'] });
    expect(await build('FROM nginx:alpine')).toMatchObject({ command: ['nginx', '-g', 'daemon off;'] });
  });

  test('a target stage', async () => {
    const image = await build('FROM a AS one\nCMD ["1"]\nFROM b AS two\nCMD ["2"]', {}, { target: 'one' });
    expect(image.command).toEqual(['1']);
    await expect(build('FROM a', {}, { target: 'x' })).rejects.toThrow('target stage "x" could not be found');
  });

  test.each([
    ['an unknown instruction', 'FROM node\nCOPPY a b', 'unknown instruction: COPPY'],
    ['a missing source', 'FROM node\nCOPY nothing .\nCMD x', '"/nothing": not found'],
    ['no FROM', 'WORKDIR /x', 'no build stage in current context'],
  ])('%s is an error', async (_name, dockerfile, message) => {
    await expect(build(dockerfile)).rejects.toThrow(message);
  });

  describe('nothing is written outside the image', () => {
    const outside = () => join(here.root, 'outside');
    beforeEach(() => mkdirSync(outside()));

    test('COPY to ../', async () => {
      const image = await build('FROM node\nWORKDIR /app\nCOPY a ../../../../out/\nCMD x', { a: 'A' });
      expect(read(image, 'out/a')).toBe('A');
      expect(existsSync(join(here.root, 'out'))).toBe(false);
    });

    test('COPY through a link of the context', async () => {
      here.write({ a: 'A' });
      symlinkSync(outside(), join(here.root, 'context/link'));
      const image = await build('FROM node\nCOPY link /app/link\nCOPY a /app/link/a\nRUN echo b > /app/link/b\nCMD x');
      expect(readContext(outside()).files).toEqual([]);
      expect(new ImageRoot(image.root).has('/app/link/a')).toBe(true);
    });

    test('COPY onto a link', async () => {
      here.write({ a: 'A' });
      writeFileSync(join(outside(), 'kept'), 'kept');
      symlinkSync(join(outside(), 'kept'), join(here.root, 'context/link'));
      await build('FROM node\nCOPY link /app/link\nCOPY a /app/link\nCMD x');
      expect(readFileSync(join(outside(), 'kept'), 'utf8')).toBe('kept');
    });

    test('a link that a step makes', async () => {
      await build(`FROM node\nRUN ln -s ${outside()} /app && echo x > /app/x\nCOPY a /app/a\nCMD x`, { a: 'A' }).catch(
        () => undefined,
      );
      expect(readContext(outside()).files).toEqual([]);
    });
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

import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildImage } from '../../../rehearsal/images/build';
import { installerSettings, poetryVariables } from '../../../rehearsal/images/python';
import { IMAGE_HOME, ImageRoot } from '../../../rehearsal/images/root';
import { findProgram } from '../../../rehearsal/images/tools';

describe("what installs packages stays in the image's folder", () => {
  let folder: string;
  let root: ImageRoot;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'greenlight-python-')));
    root = new ImageRoot(join(folder, 'root'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (path: string, content: string) => {
    const file = root.local(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  };
  const poetry = (variables: Record<string, string> = {}, script = 'poetry install') =>
    poetryVariables(root, root.folder('/app'), variables, script);
  const SHARED = { VIRTUAL_ENV: '/usr/local' };

  test.each(['false', 'False', '0'])(
    'Poetry with POETRY_VIRTUALENVS_CREATE=%s gets the environment of the image',
    (no) => {
      expect(poetry({ POETRY_VIRTUALENVS_CREATE: no })).toEqual(SHARED);
    },
  );

  test.each([
    'poetry config virtualenvs.create false && poetry install',
    'poetry config --local "virtualenvs.create" "false" && poetry install',
    'POETRY_VIRTUALENVS_CREATE=0 poetry install',
  ])('Poetry gets the environment of the image: RUN %s', (script) => {
    expect(poetry({}, script)).toEqual(SHARED);
  });

  test.each([
    ['/app/poetry.toml', '[virtualenvs]\ncreate = false\n'],
    [`${IMAGE_HOME}/.config/pypoetry/config.toml`, 'virtualenvs.create = false'],
    [`${IMAGE_HOME}/Library/Application Support/pypoetry/config.toml`, '[virtualenvs]\n  create=false'],
  ])('Poetry gets the environment of the image by %s', (path, content) => {
    write(path, content);
    expect(poetry()).toEqual(SHARED);
  });

  test('Poetry gets the environment of the image by the configuration folder that the image names', () => {
    write('/etc/poetry/config.toml', '[virtualenvs]\ncreate = false\n');
    expect(poetry({ POETRY_CONFIG_DIR: '/etc/poetry' })).toEqual(SHARED);
  });

  test.each([
    ['no setting', {}, 'poetry install'],
    ['an environment in the project', { POETRY_VIRTUALENVS_IN_PROJECT: 'true' }, 'poetry install'],
    ['create=true', { POETRY_VIRTUALENVS_CREATE: 'true' }, 'poetry config virtualenvs.create true'],
    ['an environment that the Dockerfile chose', { VIRTUAL_ENV: '/opt/venv', POETRY_VIRTUALENVS_CREATE: '0' }, ''],
  ])('Poetry decides by itself with %s', (_what, variables, script) => {
    expect(poetry(variables, script)).toEqual({});
  });

  test("Poetry's own environments are in the image and not in the cache that all builds share", () => {
    const place = root.local(`${IMAGE_HOME}/.cache/pypoetry/virtualenvs`);
    expect(installerSettings(root, {})).toMatchObject({ POETRY_VIRTUALENVS_PATH: place });
    expect(installerSettings(root, { POETRY_VIRTUALENVS_PATH: '/envs' })).not.toHaveProperty('POETRY_VIRTUALENVS_PATH');
  });

  test.each(['1', 'true'])('uv does not install into the Python of this machine with UV_SYSTEM_PYTHON=%s', (yes) => {
    expect(installerSettings(root, { UV_SYSTEM_PYTHON: yes })).toMatchObject({ UV_SYSTEM_PYTHON: '0' });
  });

  // Without a Python on this machine there is nothing to build.
  (findProgram('python3') ? test : test.skip)('a build step and the task get these settings', async () => {
    const show = `python -c "import os, json, sys; json.dump({**os.environ, 'prefix': sys.prefix}, open('seen.json', 'w'))"`;
    const context = join(folder, 'context');
    mkdirSync(context);
    writeFileSync(
      join(context, 'Dockerfile'),
      `FROM python:3.12-slim\nWORKDIR /app\nENV POETRY_VIRTUALENVS_CREATE=false\nARG UV_SYSTEM_PYTHON=1\nRUN ${show}\n`,
    );
    const image = await buildImage({
      contextDirectory: context,
      rootDirectory: join(folder, 'image'),
      cacheDirectory: join(folder, 'caches'),
      buildArgs: {},
      runs: 'confined',
      signal: new AbortController().signal,
    });
    const recorded = JSON.parse(readFileSync(join(image.root, 'app/seen.json'), 'utf8')) as unknown;
    const own = join(image.root, 'usr/local');
    expect(recorded).toMatchObject({
      VIRTUAL_ENV: own,
      prefix: own,
      UV_SYSTEM_PYTHON: '0',
      PIP_REQUIRE_VIRTUALENV: '1',
      GEM_HOME: join(own, 'bundle'),
    });
    expect(image.environment).toMatchObject(SHARED);
  });
});

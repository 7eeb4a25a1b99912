import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommandLine } from '../../cli';
import { Output } from '../../cli/output';
import { httpServer } from '../support/servers/servers';
import { temporaryDirectory } from '../support/temporary';
import { capture, greenlight } from './support';

async function run(...args: string[]) {
  const [out, err] = [capture(), capture()];
  const code = await runCommandLine(['node', 'greenlight', ...args], new Output(out, err, {}));
  return { code, out: out.text, err: err.text };
}

test('without a command, and with --help and --version, the command line explains itself and ends well', async () => {
  expect(await run()).toMatchObject({ code: 0, out: expect.stringContaining('Start here:') as string, err: '' });
  for (const args of [['--help'], ['smoke', '--help'], ['rehearse', '--help'], ['--version']])
    expect(await run(...args)).toMatchObject({ code: 0, err: '' });
});

test('what is wrong is said on standard error, and with --json also as a document on standard output', async () => {
  const plain = await run('smoke', 'gone.yaml', '--target', 'http://127.0.0.1:1');
  expect(plain).toMatchObject({ code: 2, out: '' });
  expect(plain.err).toMatch(/^greenlight: .*gone\.yaml/);
  const json = await run('smoke', 'gone.yaml', '--target', 'http://127.0.0.1:1', '--json');
  expect(json.err).toBe(plain.err);
  const document = JSON.parse(json.out) as { error: { message: string; exitCode: number } };
  expect(document.error.exitCode).toBe(2);
  expect(plain.err).toContain(document.error.message);
});

test('an option that does not exist is refused in one line, with what was meant', async () => {
  const { code, err } = await run('smoke', '--targt', 'x');
  expect(code).toBe(2);
  expect(err).toMatch(/^greenlight: unknown option '--targt' \(Did you mean --target\?\)\n$/);
});

test('while checks run, each is counted', async () => {
  const server = await httpServer((_request, response) => response.end());
  const file = join(temporaryDirectory('cli'), 'suite.yaml');
  const checks = ['a', 'b'].map((name) => `  - { name: ${name}, path: / }\n`).join('');
  writeFileSync(file, `version: 1\nchecks:\n${checks}`);
  try {
    const { code, out } = await greenlight(file, '--target', `http://127.0.0.1:${server.port}`);
    expect(code).toBe(0);
    expect(out).toMatch(/\[1\/2\] ok/);
    expect(out).toMatch(/\[2\/2\] ok/);
  } finally {
    await server.close();
  }
});

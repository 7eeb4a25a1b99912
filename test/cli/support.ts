import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { runCommandLine } from '../../cli';

export const ROOT = join(__dirname, '../..');

/** `greenlight smoke <args>` in this process: its exit code and what it printed. */
export async function greenlight(...args: string[]) {
  const printed = { out: '', err: '' };
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((printed.out += String(text))));
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((printed.err += String(text))));
  try {
    return { code: await runCommandLine(['node', 'greenlight', 'smoke', ...args]), ...printed };
  } finally {
    jest.restoreAllMocks();
  }
}

/** The sample service as a process, until `stop`. @throws Error when it does not listen */
export async function sampleService(version: string): Promise<{ readonly url: string; stop(): void }> {
  const child = spawn(process.execPath, [join(ROOT, 'examples/service/src/server.js')], {
    env: { PATH: process.env.PATH, PORT: '0', HOST: '127.0.0.1', VERSION: version },
  });
  for await (const line of child.stdout) {
    const port = /"port":(\d+)/.exec(String(line))?.[1];
    if (port) return { url: `http://127.0.0.1:${port}`, stop: () => void child.kill() };
  }
  throw new Error('the sample service did not start');
}

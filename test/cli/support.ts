import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { runCommandLine } from '../../cli';
import { Output } from '../../cli/output';

export const ROOT = join(__dirname, '../..');

/** A stream that keeps what is written to it. */
export function capture(more: { readonly isTTY?: boolean; readonly columns?: number } = {}) {
  return {
    ...more,
    text: '',
    write(text: string, done?: () => void): boolean {
      this.text += text;
      done?.();
      return true;
    },
    on: () => undefined,
  };
}

/** `greenlight smoke <args>` in this process: its exit code and what it printed. */
export async function greenlight(...args: string[]) {
  const [out, err] = [capture(), capture()];
  const code = await runCommandLine(['node', 'greenlight', 'smoke', ...args], new Output(out, err, {}));
  return { code, out: out.text, err: err.text };
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

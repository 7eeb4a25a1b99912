/** How a container's program comes to listen on loopback only: by a preload, or in a network namespace of its own. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { basename, join } from 'node:path';
import { commandRemedy } from '../../../images/remedy';

/** Programs that are Node or Python themselves: a preload moves what they listen on. */
const PRELOADED = /^(node|nodejs|npm|npx|yarn|pnpm|tsx|ts-node|python[\d.]*|pypy3?)$/;

/** @param program with its place, where it was found */
export function takesPreload(program: string): boolean {
  return PRELOADED.test(basename(program)) || /\b(node|python[\d.]*)\b/.test(firstLine(program));
}

/** `#!/usr/bin/env node` */
function firstLine(file: string): string {
  if (!file.startsWith('/')) return '';
  const buffer = Buffer.alloc(256);
  try {
    const handle = openSync(file, 'r');
    const length = readSync(handle, buffer, 0, buffer.length, 0);
    closeSync(handle);
    const text = buffer.subarray(0, length).toString('latin1');
    return text.startsWith('#!') ? (text.split('\n')[0] ?? '') : '';
  } catch {
    return '';
  }
}

let available: boolean | undefined;

/** Whether this machine lets its users make network namespaces, as most Linux machines do. */
export function hasNamespaces(): boolean {
  const command = ['--user', '--map-root-user', '--net', 'ip', 'link', 'set', 'lo', 'up'];
  available ??= process.platform === 'linux' && spawnSync('unshare', command).status === 0;
  return available;
}

/** A shell may start what a preload moves. */
export function mayStartAsItIs(program: string): boolean {
  return takesPreload(program) || /^(ba|da|a|z)?sh$/.test(basename(program)) || /\bsh\b/.test(firstLine(program));
}

/** Nothing of a rehearsal may listen anywhere but on loopback. */
export function unmovable(command: readonly string[]): string {
  return (
    `${command.join(' ')} listens where it wants, which may be on every address of this machine, and this machine has no ` +
    'network namespaces to keep it in. Remedy: use a container engine: npx greenlight rehearse --containers docker; or, if ' +
    `it listens on the address HOST and the port PORT of its environment, ${commandRemedy(command)}`
  );
}

export interface Isolation {
  readonly program: readonly string[];
  /** `preload/namespace.ts`, bundled. */
  readonly file: string;
  /** Ports of this container, and those of the task's others. */
  readonly ports: Readonly<Record<string, number>>;
  readonly others: Readonly<Record<string, number>>;
  readonly endpoint: string;
  readonly address: string;
  readonly directory: string;
  readonly id: string;
}

export function isolated({ program, file, ports, others, endpoint, address, directory, id }: Isolation): string[] {
  const own = Number(new URL(endpoint).port);
  const socket = join(directory, `${id}.sock`);
  const setting = { ports, outside: { ...others, [own]: own }, address, socket };
  return [process.execPath, file, 'outside', JSON.stringify(setting), ...program];
}

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Where a process can be asked about: on Linux. */
const PROC = '/proc/self/environ';

export interface RunningProcess {
  readonly pid: number;
  readonly command: string;
}

/**
 * Every process that has `marker` in its command, its environment or its working directory. Give a rehearsal a TMPDIR
 * and a working directory of its own, and this finds all that it started: tasks, functions, the CDK CLI and the shells
 * that guard them.
 */
export function processesOf(marker: string): readonly RunningProcess[] {
  return existsSync(PROC) ? fromProc(marker) : fromPs(marker);
}

/** A process may end while it is read; then it is none. */
function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

function fromProc(marker: string): RunningProcess[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.flatMap((pid) => {
    const command = attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
      .replaceAll('\0', ' ')
      .trim();
    const environment = attempt(() => readFileSync(`/proc/${pid}/environ`, 'utf8'));
    const directory = attempt(() => readlinkSync(`/proc/${pid}/cwd`));
    const its = [command, environment, directory].some((text) => text.includes(marker));
    return its ? [{ pid: Number(pid), command }] : [];
  });
}

/** BSD's ps shows the environment with `-E`; working directories it does not know. */
function fromPs(marker: string): RunningProcess[] {
  const listing = execFileSync('ps', ['-A', '-E', '-ww', '-o', 'pid=,command='], { encoding: 'utf8' });
  const lines = listing.split('\n').filter((line) => line.includes(marker));
  return lines.map((line) => ({ pid: Number.parseInt(line, 10), command: line.trim() }));
}

export interface ListeningSocket {
  readonly pid: number;
  /** `127.0.0.1:43121` */
  readonly address: string;
}

/** Whether the process runs; one that has ended and that nobody waited for does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const state = existsSync(PROC)
      ? (/^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '')
      : execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    return !state.startsWith('Z');
  } catch {
    return false;
  }
}

/** The TCP sockets on which those processes listen. */
export function socketsOf(processes: readonly RunningProcess[]): readonly ListeningSocket[] {
  return existsSync(PROC) ? socketsFromProc(processes) : socketsFromLsof(processes);
}

/** lsof comes with BSD and macOS. Each line is a field: `p` a process, `n` an address. */
function socketsFromLsof(processes: readonly RunningProcess[]): ListeningSocket[] {
  const pids = processes.map(({ pid }) => pid).join(',');
  const args = ['-nP', '-a', '-iTCP', '-sTCP:LISTEN', '-p', pids, '-Fpn'];
  const { stdout, error } = spawnSync('lsof', args, { encoding: 'utf8' });
  if (error) throw error;
  let pid = 0;
  return stdout.split('\n').flatMap((line) => {
    if (line.startsWith('p')) pid = Number(line.slice(1));
    return line.startsWith('n') ? [{ pid, address: line.slice(1) }] : [];
  });
}

function socketsFromProc(processes: readonly RunningProcess[]): ListeningSocket[] {
  const listening = new Map(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningIn(attempt(() => readFileSync(table, 'utf8')))),
  );
  return processes.flatMap(({ pid }) =>
    socketInodes(pid).flatMap((inode) => {
      const address = listening.get(inode);
      return address === undefined ? [] : [{ pid, address }];
    }),
  );
}

function socketInodes(pid: number): string[] {
  let names: string[];
  try {
    names = readdirSync(`/proc/${pid}/fd`);
  } catch {
    return [];
  }
  const links = names.map((name) => attempt(() => readlinkSync(`/proc/${pid}/fd/${name}`)));
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
}

/** Rows in state 0A, LISTEN: `sl local_address rem_address st ... inode` (proc(5)). @returns inode and address */
function listeningIn(table: string): [string, string][] {
  const rows = table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
  return rows.flatMap(([, local, , state, , , , , , inode]) =>
    state === '0A' && local && inode ? [[inode, readAddress(local)]] : [],
  );
}

/** `0100007F:1F90` is 127.0.0.1:8080: the address is a number in the machine's order of bytes, here little-endian. */
function readAddress(text: string): string {
  const [address = '', port = ''] = text.split(':');
  const bytes = address.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? [];
  const host = bytes.length === 4 ? bytes.reverse().join('.') : address;
  return `${host}:${Number.parseInt(port, 16)}`;
}

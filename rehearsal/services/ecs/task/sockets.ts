/** Where the processes of a container listen, as the operating system says it: /proc on Linux, lsof elsewhere. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';

export interface ListeningSocket {
  /** `0.0.0.0`, `127.0.0.1`, `::`, `::1`, or `*` for every address. */
  readonly address: string;
  readonly port: number;
  /** Whether it is in a network of its own, where it may listen wherever it wants. */
  readonly isApart: boolean;
}

/** @param group id of a process group: all its processes and their descendants are searched */
export async function listeningSockets(group: number): Promise<readonly ListeningSocket[]> {
  return existsSync('/proc/self/stat') ? fromProc(group) : fromLsof(group);
}

export const isLoopback = (address: string) =>
  address === '::1' || address === 'localhost' || /^(::ffff:)?127\./.test(address);

function fromProc(group: number): ListeningSocket[] {
  const own = attempt(() => readlinkSync('/proc/self/ns/net'));
  return membersOf(group).flatMap((pid) => {
    const inodes = socketInodes(pid);
    if (inodes.size === 0) return [];
    const tables = ['tcp', 'tcp6'].map((name) => attempt(() => readFileSync(`/proc/${pid}/net/${name}`, 'latin1')));
    const isApart = attempt(() => readlinkSync(`/proc/${pid}/ns/net`)) !== own;
    return tables
      .flatMap(listeningIn)
      .filter(({ inode }) => inodes.has(inode))
      .map(({ address, port }) => ({ address, port, isApart }));
  });
}

/** Empty for a process that has ended meanwhile, and for another user's. */
function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

/** Of a group, and what they started in groups of its own. */
function membersOf(group: number): number[] {
  const processes = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    // `pid (name of the program) state ppid pgrp`, and the name may hold anything: proc(5)
    const text = attempt(() => readFileSync(`/proc/${name}/stat`, 'latin1'));
    const [, parent, leader] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return [{ pid: Number(name), parent: Number(parent), group: Number(leader) }];
  });
  const found = new Set(processes.filter((each) => each.group === group).map(({ pid }) => pid));
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { pid, parent } of processes) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

function socketInodes(pid: number): Set<string> {
  let names: string[];
  try {
    names = readdirSync(`/proc/${pid}/fd`);
  } catch {
    return new Set();
  }
  const links = names.map((name) => attempt(() => readlinkSync(`/proc/${pid}/fd/${name}`)));
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
}

interface Row {
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

/** Rows in state 0A, LISTEN, of a table as `/proc/net/tcp` is: `sl local_address rem_address st ... inode` (proc(5)). */
export function listeningIn(table: string): Row[] {
  const rows = table.split('\n').slice(1);
  return rows.flatMap((row) => {
    const [, local = '', , state, , , , , , inode = ''] = row.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    return state === '0A' ? [{ address: readAddress(address), port: Number.parseInt(port, 16), inode }] : [];
  });
}

/** `0100007F` is 127.0.0.1: words of four bytes in the machine's order, on all machines that Node runs on little-endian. */
function readAddress(text: string): string {
  const words = text.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)));
  if (bytes.length === 4) return bytes.join('.');
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (isMapped) return `::ffff:${bytes.slice(12).join('.')}`;
  if (bytes.every((byte) => byte === 0)) return '::';
  if (bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1) return '::1';
  return text.toLowerCase().replace(/(.{4})(?=.)/g, '$1:');
}

/** `-F n` writes a line `nADDRESS:PORT` for each. Empty where there is no lsof. */
function fromLsof(group: number): Promise<ListeningSocket[]> {
  const args = ['-nP', '-a', '-g', String(group), '-iTCP', '-sTCP:LISTEN', '-F', 'n'];
  return new Promise((resolve) => {
    execFile('lsof', args, { timeout: 10_000 }, (_error, stdout) => resolve(namesIn(stdout)));
  });
}

/** Of what `lsof -F n` writes. */
export function namesIn(listing: string): ListeningSocket[] {
  return listing.split('\n').flatMap((line) => {
    const [, address, port] = /^n\[?(.+?)\]?:(\d+)$/.exec(line) ?? [];
    return address === undefined ? [] : [{ address, port: Number(port), isApart: false }];
  });
}

/** A port on loopback that nothing listens on at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

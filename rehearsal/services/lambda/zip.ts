import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { inflateRawSync } from 'node:zlib';

interface Entry {
  readonly name: string;
  readonly content: Buffer;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;

/**
 * The files of a zip archive, read from its central directory. Stored and deflated entries, as every archiver writes.
 *
 * @throws Error when it is no zip, or an entry uses another method
 */
export function readZip(zip: Buffer): readonly Entry[] {
  const end = endOfDirectory(zip);
  const count = zip.readUInt16LE(end + 10);
  const entries: Entry[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let index = 0; index < count; index++) {
    if (zip.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error('not a zip: its directory is damaged');
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength!);
    if (!name.endsWith('/')) entries.push({ name, content: content(zip, at, name) });
    at += 46 + nameLength! + extraLength! + commentLength!;
  }
  return entries;
}

function endOfDirectory(zip: Buffer): number {
  // The record is 22 bytes and may be followed by a comment of up to 65,535.
  for (let at = zip.length - 22; at >= Math.max(0, zip.length - 65_557); at--) {
    if (zip.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  }
  throw new Error('not a zip: it has no directory');
}

function content(zip: Buffer, directoryAt: number, name: string): Buffer {
  const method = zip.readUInt16LE(directoryAt + 10);
  const size = zip.readUInt32LE(directoryAt + 20);
  const headerAt = zip.readUInt32LE(directoryAt + 42);
  // The local header has lengths of its own: its extra field may differ from the directory's.
  const start = headerAt + 30 + zip.readUInt16LE(headerAt + 26) + zip.readUInt16LE(headerAt + 28);
  const data = zip.subarray(start, start + size);
  if (method === 0) return data;
  if (method === 8) return inflateRawSync(data);
  throw new Error(`${name}: zip method ${method} is neither stored nor deflated`);
}

/** Writes the files under `directory`. @throws Error for a name that would leave it */
export function unzip(zip: Buffer, directory: string): void {
  for (const { name, content } of readZip(zip)) {
    const path = join(directory, name);
    if (!path.startsWith(directory + sep)) throw new Error(`${name}: leaves the archive's directory`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

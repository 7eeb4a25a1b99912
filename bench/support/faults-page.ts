import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';

const PAGE = join(__dirname, '../../docs/faults.md');

const between = (marker: string) => new RegExp(`(<!-- ${marker} -->\\n)([^]*)(<!-- /${marker} -->)`);

/** Replaces a table of docs/faults.md. @param marker the name in the comments around it */
export async function writeTable(marker: string, table: string): Promise<void> {
  const page = readFileSync(PAGE, 'utf8').replace(between(marker), `$1\n${table}\n\n$3`);
  writeFileSync(PAGE, await format(page, { ...(await resolveConfig(PAGE)), parser: 'markdown' }));
}

/** The cells of such a table, row by row, without the header. */
export function readTable(marker: string): readonly (readonly string[])[] {
  const [, , table = ''] = between(marker).exec(readFileSync(PAGE, 'utf8')) ?? [];
  const rows = table.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

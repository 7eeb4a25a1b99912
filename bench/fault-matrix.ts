import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { GROUPS, type MatrixRow, matrixTable } from '../test/support/scenarios/fault-matrix';
import { FaultMatrix } from '../test/support/scenarios/fault-matrix-run';

const PAGE = join(__dirname, '../docs/faults.md');
const BETWEEN_MARKERS = /(<!-- fault-matrix -->\n)[^]*(<!-- \/fault-matrix -->)/;

/** Releases every fault of the matrix, prints what stopped it, and writes the table of docs/faults.md. */
export async function run(): Promise<void> {
  const rows: MatrixRow[] = [];
  for (const { faults, speed } of GROUPS) {
    const matrix = await FaultMatrix.start(speed);
    try {
      for (const fault of faults) {
        const row = await matrix.run(fault);
        console.log(`${fault.name}: ${row.status}, ${row.exposed} exposed; ${row.sentence}`);
        rows.push(row);
      }
    } finally {
      await matrix.stop();
    }
  }
  const page = readFileSync(PAGE, 'utf8').replace(BETWEEN_MARKERS, `$1\n${matrixTable(rows)}\n\n$2`);
  writeFileSync(PAGE, await format(page, { ...(await resolveConfig(PAGE)), parser: 'markdown' }));
}

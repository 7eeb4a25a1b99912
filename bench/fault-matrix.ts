import { GROUPS, type MatrixRow, matrixTable } from '../test/support/scenarios/fault-matrix';
import { FaultMatrix } from '../test/support/scenarios/fault-matrix-run';
import { writeTable } from './support/faults-page';

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
  await writeTable('fault-matrix', matrixTable(rows));
}

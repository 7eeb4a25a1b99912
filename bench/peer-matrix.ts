import { MATRIX, type MatrixRow, peerTable } from '../test/support/scenarios/fault-matrix';
import { FaultMatrix } from '../test/support/scenarios/fault-matrix-run';
import { readTable, writeTable } from './support/faults-page';

/** Nothing of the peer's release needs a slow clock: its requests are those of the load. */
const SPEED = 150;

/**
 * Releases every fault of the matrix with the peer, prints what became of it, and writes the second table of docs/faults.md,
 * with our figures from the first one.
 */
export async function run(): Promise<void> {
  const matrix = await FaultMatrix.start(SPEED, 'fault-matrix-peer');
  const rows: MatrixRow[] = [];
  try {
    for (const fault of MATRIX) {
      const row = await matrix.run(fault);
      console.log(`${fault.name}: ${row.status}, ${row.stack}, ${row.exposed} exposed, ${row.failed} failed`);
      rows.push(row);
      await writeTable('peer-matrix', peerTable(rows, readTable('fault-matrix')));
    }
  } finally {
    await matrix.stop();
  }
}

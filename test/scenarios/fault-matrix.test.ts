import { GROUPS, MATRIX, type MatrixRow } from '../support/scenarios/fault-matrix';
import { FaultMatrix } from '../support/scenarios/fault-matrix-run';

/** Every fault as a release, with the gate as it is by default and a careful suite: docs/faults.md has the table. */

jest.setTimeout(600_000);

const rows: MatrixRow[] = [];

function expectCaught(row: MatrixRow): void {
  rows.push(row);
  const { fault, status, sentence, isBack, exposed, failed } = row;
  expect({ status, sentence }).toEqual({
    status: expect.stringMatching(/^(Failed|Stopped)$/) as string,
    sentence: expect.stringMatching(fault.sentence) as string,
  });
  expect(isBack).toBe(true);
  if (!fault.exposed) expect({ exposed, failed }).toEqual({ exposed: 0, failed: 0 });
}

describe.each(GROUPS)('$what', ({ faults, speed }) => {
  let matrix: FaultMatrix;
  beforeAll(async () => void (matrix = await FaultMatrix.start(speed)));
  afterAll(() => matrix?.stop());

  test.each(faults)('$name: stopped by the $means', async (fault) => {
    expectCaught(await matrix.run(fault));
  });
});

test('all faults but those that only production brings out are stopped before one production request meets them', () => {
  expect(rows).toHaveLength(MATRIX.length);
  expect(rows.filter(({ exposed }) => exposed === 0).length).toBeGreaterThanOrEqual(MATRIX.length - 1);
  expect(MATRIX.length).toBeGreaterThanOrEqual(18);
});

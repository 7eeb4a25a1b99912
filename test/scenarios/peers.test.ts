import { MATRIX, type MatrixFault } from '../support/scenarios/fault-matrix';
import { FaultMatrix } from '../support/scenarios/fault-matrix-run';

/** The pattern of `@cdklabs/cdk-ecs-codedeploy` as it is published, created by the CDK CLI; docs/faults.md has the table. */

jest.setTimeout(600_000);

describe('the pattern of cdk-ecs-codedeploy with its defaults', () => {
  let matrix: FaultMatrix;
  beforeAll(async () => void (matrix = await FaultMatrix.start(240, 'fault-matrix-peer')));
  afterAll(() => matrix?.stop());

  const run = (name: string) => matrix.run(MATRIX.find((fault) => fault.name === name) as MatrixFault);

  test('a good release is a deployment that succeeds', async () => {
    expect(await matrix.goodRelease()).toBe('Succeeded');
  });

  test('a release without a header that clients need succeeds too, and production requests meet it', async () => {
    const { status, isBack, exposed } = await run('a header is missing');
    expect({ status, isBack }).toEqual({ status: 'Succeeded', isBack: false });
    expect(exposed).toBeGreaterThan(0);
  });

  /**
   * CodeDeploy gives up after 60 minutes, CloudFormation a moment before: its event came first. The update back then asks for
   * a deployment while the first one still runs.
   */
  test('a release that is never healthy reaches no production request, and its stack is rolled back by hand or by a second release', async () => {
    const neverHealthy: MatrixFault = {
      name: 'the health check fails',
      environment: { FAULT_BROKEN_ROUTE: '/' },
      sentence: '',
      means: 'health check',
    };
    const { status, isBack, exposed, stack } = await matrix.run(neverHealthy);
    expect({ status, exposed }).toEqual({ status: 'Failed', exposed: 0 });
    // The time that the function takes to start decides whether it meets the first deployment. If not, a second one releases
    // the old version to the other side.
    expect([
      { isBack: true, stack: 'UPDATE_ROLLBACK_FAILED' },
      { isBack: false, stack: 'UPDATE_ROLLBACK_COMPLETE' },
    ]).toContainEqual({ isBack, stack });
  });
});

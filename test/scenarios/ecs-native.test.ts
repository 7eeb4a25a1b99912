import type { RehearsalReport, ReleaseReport } from '../../rehearsal/runner/report/document';
import { projectOf } from '../support/app';
import { Cli, type CliEnd, reportOf } from '../support/cli';

const plan = {
  version: 1,
  stack: 'Native',
  traffic: { rate: 5, paths: ['/version'] },
  releases: [
    { name: 'v1', context: { version: 'v1' }, expect: 'created' },
    { name: 'v2', context: { version: 'v2' }, expect: 'succeeded' },
    {
      name: 'v3',
      description: 'the hook sees it on the test listener',
      context: { version: 'v3' },
      fault: { status: 500, path: '/version' },
      expect: 'rolled-back',
      reason: 'returned FAILED status',
    },
  ],
};

/** A plain stack of the CDK, without Greenlight, that ECS itself deploys blue/green. */
describe("ECS's own blue/green deployments", () => {
  let end: CliEnd;
  let report: RehearsalReport;
  beforeAll(async () => {
    const cwd = projectOf('test/scenarios/apps/ecs-native.ts', JSON.stringify(plan));
    end = await new Cli(['rehearse', '--json', '--verbose'], { cwd }).ended;
    report = reportOf(end);
  }, 600_000);
  const release = (name: string) => report.releases.find((each) => each.name === name) as ReleaseReport;
  const details = (name: string, event: string) =>
    release(name)
      .timeline.filter((entry) => entry.source === 'ecs' && entry.event === event)
      .map(({ detail }) => detail);

  test('every release ends as its file says', () => {
    const results = report.releases.map(({ name, outcome, reason }) => ({ name, outcome, reason }));
    expect({ exitCode: end.exitCode, results, faults: report.faults }).toMatchObject({ exitCode: 0 });
    expect(report.deniedCalls).toEqual([]);
  });

  test('the good release moves all traffic to green and loses no request', () => {
    expect(release('v2').requests).toMatchObject({ failed: 0, lost: 0 });
    expect(release('v2').requests.exposed.total).toBeGreaterThan(0);
    expect(details('v2', 'lifecycle')).toEqual([
      'PRE_SCALE_UP',
      'SCALE_UP',
      'POST_SCALE_UP',
      'TEST_TRAFFIC_SHIFT',
      'POST_TEST_TRAFFIC_SHIFT',
      'PRE_PRODUCTION_TRAFFIC_SHIFT',
      'PRODUCTION_TRAFFIC_SHIFT',
      'POST_PRODUCTION_TRAFFIC_SHIFT',
      'BAKE_TIME',
      'CLEAN_UP',
    ]);
    expect(details('v2', 'weights')).toEqual([
      'test traffic: blue 0 %, green 100 %',
      'production traffic: blue 0 %, green 100 %',
    ]);
  });

  test('a hook that fails rolls back with no production request on the new version', () => {
    expect(release('v3').requests).toMatchObject({ failed: 0, lost: 0, exposed: { total: 0 } });
    expect(release('v3')).toMatchObject({ cdkExitCode: 1, stackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(release('v3').reason).toMatch(
      /^Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT lifecycle hook\(s\) failed\. Lifecycle hook target arn:aws:lambda:\S+ returned FAILED status\.$/,
    );
    expect(details('v3', 'weights')).toEqual([
      'test traffic: blue 0 %, green 100 %',
      'test traffic: blue 100 %, green 0 %',
    ]);
  });
});

import { join } from 'node:path';
import type { RehearsalReport, ReleaseReport } from '../../rehearsal/runner/report/document';
import { Cli, type CliEnd, reportOf, ROOT } from '../support/cli';

/** The main job by ECS's own deployments: the same releases, the same outcomes. */
describe('greenlight rehearse --engine ecs', () => {
  let end: CliEnd;
  let report: RehearsalReport;
  beforeAll(async () => {
    const file = join(ROOT, 'rehearsal.yaml');
    end = await new Cli(['rehearse', '--engine', 'ecs', '--json', '--verbose', '--file', file]).ended;
    report = reportOf(end);
  }, 600_000);
  const release = (name: string) => report.releases.find((each) => each.name === name) as ReleaseReport;

  test('every release ends as its file says, for the reason that it says, and no call is denied', () => {
    const results = report.releases.map(({ name, outcome, reason }) => ({ name, outcome, reason }));
    expect({ exitCode: end.exitCode, results, faults: report.faults }).toMatchObject({ exitCode: 0, faults: [] });
    expect(report.deniedCalls).toEqual([]);
  });

  test.each(['v2', 'v5'])('%s moves in two steps and loses no request', (name) => {
    expect(release(name)).toMatchObject({ outcome: 'succeeded', cdkExitCode: 0, stackStatus: 'UPDATE_COMPLETE' });
    expect(release(name).requests).toMatchObject({ failed: 0, lost: 0, exposed: { failed: 0 } });
    expect(release(name).requests.exposed.total).toBeGreaterThan(0);
    const weights = release(name).timeline.filter(({ source, event }) => source === 'ecs' && event === 'weights');
    expect(weights.map(({ detail }) => detail.replace(/blue|green/g, '~'))).toEqual([
      expect.stringMatching(/^test traffic: ~ (0|100) %, ~ (0|100) %$/),
      expect.stringMatching(/^production traffic: ~ (10|90) %, ~ (10|90) %$/),
      expect.stringMatching(/^production traffic: ~ (0|100) %, ~ (0|100) %$/),
    ]);
  });

  test('v3 is stopped by the smoke gate before it serves one production request, and cdk deploy says why', () => {
    const { requests, reason, ...rest } = release('v3');
    expect(rest).toMatchObject({ outcome: 'rolled-back', stackStatus: 'UPDATE_ROLLBACK_COMPLETE', cdkExitCode: 1 });
    expect(reason).toMatch(/AfterAllowTestTraffic gate .*check "orders" failed: status was 500, expected 200/);
    expect(requests).toMatchObject({ failed: 0, lost: 0, exposed: { total: 0, failed: 0 } });
  });

  test('v4 is rolled back by its alarm in the first step', () => {
    const { requests, reason, ...rest } = release('v4');
    expect(rest).toMatchObject({ outcome: 'rolled-back', stackStatus: 'UPDATE_ROLLBACK_COMPLETE', cdkExitCode: 1 });
    expect(reason).toMatch(/5xx/);
    expect(requests.lost).toBe(0);
    expect(requests.exposed.total).toBeLessThan(requests.total / 4);
  });
});

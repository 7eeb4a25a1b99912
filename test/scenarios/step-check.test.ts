import type { RehearsalReport, ReleaseReport } from '../../rehearsal/runner/report/document';
import { projectOf } from '../support/app';
import { Cli, type CliEnd, reportOf } from '../support/cli';

const plan = {
  version: 1,
  stack: 'Steps',
  traffic: { rate: 2, paths: ['/version'] },
  releases: [
    { name: 'v1', context: { version: 'v1' }, expect: 'created' },
    { name: 'v2', context: { version: 'v2' }, expect: 'succeeded' },
    {
      name: 'v3',
      description:
        'Its tasks only serve errors after a while, in the canary. No alarm sees it, the check before the next step does.',
      context: { version: 'v3', failAfter: '60' },
      expect: 'rolled-back',
      reason: 'BeforeAllowTraffic',
    },
  ],
};

describe('a check before each step of a canary by ECS', () => {
  let end: CliEnd;
  let report: RehearsalReport;
  beforeAll(async () => {
    const cwd = projectOf('test/scenarios/apps/step-check.ts', JSON.stringify(plan));
    end = await new Cli(['rehearse', '--json', '--verbose'], { cwd }).ended;
    report = reportOf(end);
  }, 600_000);
  const release = (name: string) => report.releases.find((each) => each.name === name) as ReleaseReport;
  const details = (name: string, event: string, part: RegExp) =>
    release(name)
      .timeline.filter((entry) => entry.source === 'ecs' && entry.event === event && part.test(entry.detail))
      .map(({ detail }) => detail.replace(/Steps-\S+/, 'gate').replace(/blue|green/g, '~'));

  test('every release ends as its file says, and no call is denied', () => {
    const results = report.releases.map(({ name, outcome, reason }) => ({ name, outcome, reason }));
    expect({ exitCode: end.exitCode, results, faults: report.faults }).toMatchObject({ exitCode: 0, faults: [] });
    expect(report.deniedCalls).toEqual([]);
  });

  test('a good release is checked before 50 % and before 100 %, and loses no request', () => {
    expect(details('v2', 'hook', /^PRE_PRODUCTION.* SUCCEEDED$/)).toEqual([
      'PRE_PRODUCTION_TRAFFIC_SHIFT: gate SUCCEEDED',
      'PRE_PRODUCTION_TRAFFIC_SHIFT: gate SUCCEEDED',
    ]);
    expect(release('v2').requests).toMatchObject({ failed: 0, lost: 0 });
  });

  test('a version that breaks in the canary gets no further step, and cdk deploy says which check decided', () => {
    expect(details('v3', 'hook', /^PRE_PRODUCTION.* (SUCCEEDED|FAILED)$/)).toEqual([
      'PRE_PRODUCTION_TRAFFIC_SHIFT: gate SUCCEEDED',
      'PRE_PRODUCTION_TRAFFIC_SHIFT: gate FAILED',
    ]);
    expect(details('v3', 'weights', /^production/)).toEqual([
      'production traffic: ~ 50 %, ~ 50 %',
      expect.stringMatching(/^production traffic: ~ (0|100) %, ~ (0|100) %$/),
    ]);
    const { reason, stackStatus, cdkExitCode } = release('v3');
    expect({ stackStatus, cdkExitCode }).toEqual({ stackStatus: 'UPDATE_ROLLBACK_COMPLETE', cdkExitCode: 1 });
    expect(reason).toMatch(/the BeforeAllowTraffic gate says: check "version" failed: status was 500/);
  });
});

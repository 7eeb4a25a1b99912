import { join } from 'node:path';
import type { RehearsalReport, ReleaseReport } from '../../rehearsal/runner/report/document';
import { Cli, type CliEnd, reportOf, ROOT } from '../support/cli';

/** The second example: a stack around a VPC and a cluster, with a rehearsal file of its own. */
describe('examples/own-vpc', () => {
  let end: CliEnd;
  let report: RehearsalReport;
  let cli: Cli;
  beforeAll(async () => {
    cli = new Cli(['rehearse', '--json', '--file', join(ROOT, 'examples', 'own-vpc', 'rehearsal.yaml')]);
    end = await cli.ended;
    report = reportOf(end);
  }, 600_000);
  const release = (name: string) => report.releases.find((each) => each.name === name) as ReleaseReport;
  const shares = (name: string) =>
    release(name).timeline.flatMap(({ event, detail }) => {
      const [, blue, green] = /^production traffic: blue (\d+) %, green (\d+) %/.exec(detail) ?? [];
      return event === 'weights' && blue && green ? [[Number(blue), Number(green)]] : [];
    });

  test('every release ends as its file says', () => {
    expect({ exitCode: end.exitCode, stderr: end.stderr }).toMatchObject({ exitCode: 0 });
    expect(report.releases.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['v1', 'created'],
      ['v2', 'succeeded'],
      ['v3', 'rolled-back'],
    ]);
  });

  test('the good release moves in linear steps and loses nothing', () => {
    expect(release('v2').requests).toMatchObject({ failed: 0, lost: 0 });
    expect(release('v2').requests.exposed.total).toBeGreaterThan(0);
    expect(shares('v2')).toEqual([
      [75, 25],
      [50, 50],
      [25, 75],
      [0, 100],
    ]);
  });

  test('the bad one is stopped by the smoke gate, with no production request spent', () => {
    expect(release('v3').reason).toMatch(/check "version" failed: status was 500, expected 200/);
    expect(release('v3').requests).toMatchObject({ failed: 0, lost: 0, exposed: { total: 0 } });
    expect(release('v3')).toMatchObject({ cdkExitCode: 1, stackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(shares('v3').filter(([, green]) => green !== 0)).toEqual([]);
  });

  test('no call was denied, and every resource has behaviour', () => {
    expect(report.deniedCalls).toEqual([]);
    expect(report.inertResources).toEqual([]);
  });

  test('nothing is left', () => {
    expect({ processes: cli.processes(), files: cli.files() }).toEqual({ processes: [], files: [] });
  });
});

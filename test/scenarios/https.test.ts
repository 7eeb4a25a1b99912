import type { RehearsalReport, ReleaseReport } from '../../rehearsal/runner/report/document';
import { projectOf } from '../support/app';
import { Cli, type CliEnd, reportOf } from '../support/cli';

const plan = {
  version: 1,
  stack: 'Greenlight',
  traffic: { rate: 5, host: 'shop.example.com', paths: ['/', '/orders'] },
  releases: ['v1', 'v2'].map((version, index) => ({
    name: version,
    context: {
      version,
      certificateArn: 'arn:aws:acm:us-east-1:111111111111:certificate/12345678-1234-1234-1234-123456789012',
      domainName: 'shop.example.com',
      shift: 'canary:20:1',
      bakeMinutes: 1,
    },
    expect: index === 0 ? 'created' : 'succeeded',
  })),
};

/** bin/app.ts with a certificate: listeners, gate and users speak TLS, and each verifies whom it talks to. */
describe('a release over HTTPS', () => {
  let end: CliEnd;
  let report: RehearsalReport;
  beforeAll(async () => {
    // A YAML file may be written as JSON.
    const cwd = projectOf('bin/app.ts', JSON.stringify(plan));
    end = await new Cli(['rehearse', '--json', '--verbose'], { cwd }).ended;
    report = reportOf(end);
  }, 600_000);
  const release = (name: string) => report.releases.find((each) => each.name === name) as ReleaseReport;

  test('ends as expected', () => {
    expect({ exitCode: end.exitCode, stderr: end.stderr }).toMatchObject({ exitCode: 0 });
    expect(report.deniedCalls).toEqual([]);
  });

  test('no user saw a failure, and both sides served them', () => {
    const { requests } = release('v2');
    expect(requests).toMatchObject({ failed: 0, lost: 0 });
    expect(requests.bySide.blue.ok).toBeGreaterThan(0);
    expect(requests.bySide.green.ok).toBeGreaterThan(0);
  });

  test('the gate asked under the domain name, on the test listener and then on production', () => {
    const weights = release('v2').timeline.filter(({ source, event }) => source === 'elb' && event === 'weights');
    expect(new Set(weights.map(({ detail }) => /^port \d+/.exec(detail)?.[0]))).toEqual(
      new Set(['port 443', 'port 9443']),
    );
    const succeeded = release('v2').timeline.filter(
      ({ event, detail }) => event === 'lifecycle' && / Succeeded/.test(detail),
    );
    expect(succeeded.map(({ detail }) => detail.split(' ')[0])).toEqual(
      expect.arrayContaining(['AfterAllowTestTraffic', 'AfterAllowTraffic']),
    );
  });
});

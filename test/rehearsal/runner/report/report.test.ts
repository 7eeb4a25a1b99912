import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import type { RehearsalReport } from '../../../../rehearsal/runner/report/document';
import { countRequests, noRequests } from '../../../../rehearsal/runner/report/requests';
import { awsTime, summary } from '../../../../rehearsal/runner/report/text';

const report: RehearsalReport = {
  releases: [
    {
      name: 'v3',
      outcome: 'rolled-back',
      expected: 'succeeded',
      asExpected: false,
      violations: [{ assertion: 'outcome', value: 'rolled-back', expected: 'succeeded' }],
      overload: '',
      cdkExitCode: 1,
      stackStatus: 'UPDATE_ROLLBACK_COMPLETE',
      deploymentId: 'd-ABC',
      reason: 'check "orders" failed',
      awsSeconds: 250,
      wallMs: 4100,
      requests: noRequests,
      services: [],
      timeline: [{ awsMs: 12, source: 'codedeploy', event: 'deployment', detail: 'd-ABC Created' }],
    },
  ],
  inertResources: [{ type: 'AWS::X::Y', count: 2 }],
  notModelled: [
    {
      logicalId: 'Web',
      type: 'AWS::ECS::Service',
      property: 'DeploymentConfiguration.Strategy',
      effect: 'the service is updated as a rolling deployment',
      decides: true,
      allowed: false,
    },
  ],
  deniedCalls: [
    { release: 'v3', principal: 'arn:aws:iam::1:role/r', action: 's3:GetObject', resource: '*', allowed: false },
  ],
  faults: [],
  speed: { wanted: 60, achieved: 58.2 },
  versions: { greenlight: '0', node: '20', awsCdkCli: '2', awsCdkLib: '2' },
};

test('requests are counted by who responded', () => {
  const sent = { atMs: 0, traceId: 't', method: 'GET', path: '/' };
  const counts = countRequests(
    [
      { ...sent, targetGroupArn: 'b', status: 200, targetStatus: 200, latencyMs: 3 },
      { ...sent, targetGroupArn: 'g', status: 500, targetStatus: 500, latencyMs: 4 },
      { ...sent, targetGroupArn: 'g', status: 404, targetStatus: 404, latencyMs: 4 },
      { ...sent, targetGroupArn: 'g', status: 502, latencyMs: 1 },
      { ...sent, latencyMs: 1000 },
    ],
    { blue: ['b'], green: ['g'], exposed: ['g'] },
  );
  expect(counts).toMatchObject({
    total: 5,
    lost: 2,
    failed: 1,
    bySide: { blue: { ok: 1, failed: 0 }, green: { ok: 1, failed: 1 } },
    exposed: { total: 2, failed: 1 },
  });
});

test('the document matches its published schema, and a wrong one does not', () => {
  const schema = JSON.parse(readFileSync('docs/rehearsal-report.schema.json', 'utf8')) as object;
  const validate = new Ajv({ strict: true, strictTypes: false }).compile(schema);
  expect(validate(report)).toBe(true);
  expect(validate({ ...report, releases: [{ ...report.releases[0], outcome: 'fine' }] })).toBe(false);
});

test('the summary shows outcome, reason, denied calls and what was inert', () => {
  const text = summary(report);
  expect(text).toContain('rolled-back (expected succeeded)');
  expect(text).toContain('v3: check "orders" failed');
  expect(text).toContain('arn:aws:iam::1:role/r may not s3:GetObject on *');
  expect(text).toContain('AWS::X::Y (2)');
  expect(text).toContain('Not as expected:\n  v3: outcome rolled-back, expected succeeded');
});

test('AWS time reads as hours, minutes and seconds', () => {
  expect(awsTime(3_725_900)).toBe('+01:02:05');
});

test('a load that was more than the machine could take is said before what went wrong under it', () => {
  const [release] = report.releases;
  if (!release) throw new Error('there is a release');
  const text = summary({ ...report, releases: [{ ...release, overload: 'the service lost 9 of 10 requests' }] });
  const lines = text.slice(text.indexOf('Not as expected:')).split('\n');
  expect(lines).toEqual([
    'Not as expected:',
    '  v3: no verdict on the release is possible: the service lost 9 of 10 requests',
    '  v3: outcome rolled-back, expected succeeded',
  ]);
});

test('services are listed one by one where a release has several', () => {
  const service = (name: string) => ({
    name,
    outcome: 'succeeded' as const,
    deploymentId: name === 'Web' ? 'd-1' : null,
    reason: '',
    requests: { ...noRequests, total: 9, failed: 2, lost: 1, exposed: { ...noRequests.exposed, total: 5 } },
  });
  const [release] = report.releases;
  const of = (...names: string[]) => summary({ ...report, releases: [{ ...release!, services: names.map(service) }] });
  expect(of('Web', 'Api')).toContain(
    'v3 Web: succeeded, d-1; 9 requests, 5 exposed, 2 failed, 1 lost\nv3 Api: succeeded; 9 requests',
  );
  expect(of('Web')).not.toContain('v3 Web:');
  for (const text of [of('Web'), of('Web', 'Api')]) expect(text).not.toMatch(/\n\n\n/);
});

test('a machine that was too busy for half of the speed is named', () => {
  const at = (achieved: number) => summary({ ...report, speed: { wanted: 60, achieved } });
  expect(at(29)).toContain('AWS time ran 29 times as fast as real time instead of 60');
  expect(at(30)).not.toContain('AWS time ran');
});

test('the summary names a property that decides a release and is not modelled', () => {
  const text = summary(report);
  expect(text).toContain(
    'Properties without effect here: 1 of 1 types (listed with --json); these decide how a release goes:',
  );
  expect(text).toContain(
    'Web AWS::ECS::Service.DeploymentConfiguration.Strategy: the service is updated as a rolling deployment',
  );
});

import { connect } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import type { RehearsalReport, ReleaseReport } from '../../rehearsal/runner/report/document';
import { Cli, type CliEnd, reportOf, ROOT } from '../support/cli';
import { type RunningProcess, socketsOf } from '../support/processes';
import { nonEmpty } from '../support/non-empty';

/** The promise of the README's first screen: the shipped rehearsal, run once as a newcomer runs it. */
describe('greenlight rehearse --json', () => {
  let end: CliEnd;
  let report: RehearsalReport;
  let cli: Cli;
  let running: readonly RunningProcess[];
  let addresses: readonly string[];
  let files: readonly string[];

  beforeAll(async () => {
    cli = new Cli(['rehearse', '--json', '--file', join(ROOT, 'rehearsal.yaml')]);
    // While v2 runs there are tasks, functions and listeners, all at once.
    await cli.printed(/AllowTraffic InProgress/);
    running = cli.processes();
    addresses = socketsOf(running).map(({ address }) => address);
    files = cli.files();
    end = await cli.ended;
    report = reportOf(end);
  }, 600_000);

  const release = (name: string) => report.releases.find((each) => each.name === name) as ReleaseReport;

  test('exits 0 with one document on standard output that its schema describes', () => {
    expect({ exitCode: end.exitCode, stderr: end.stderr }).toMatchObject({ exitCode: 0 });
    const schema = JSON.parse(readFileSync(join(ROOT, 'docs', 'rehearsal-report.schema.json'), 'utf8')) as object;
    const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
    expect({ valid: validate(report), errors: validate.errors }).toEqual({ valid: true, errors: null });
    expect(report.releases.map(({ name }) => name)).toEqual(['v1', 'v2', 'v3', 'v4', 'v5']);
    expect(report.releases.filter((each) => !each.asExpected)).toEqual([]);
    expect(report).toMatchObject({ speed: { wanted: 100 }, versions: { awsCdkCli: '2.1148.1' } });
  });

  test('v1 creates the stack and shifts nothing', () => {
    expect(release('v1')).toMatchObject({
      outcome: 'created',
      cdkExitCode: 0,
      stackStatus: 'CREATE_COMPLETE',
      deploymentId: null,
      reason: '',
    });
  });

  test.each(['v2', 'v5'])('%s is released with no request failed or lost and no call denied', (name) => {
    const { requests, ...rest } = release(name);
    expect(rest).toMatchObject({ outcome: 'succeeded', cdkExitCode: 0, stackStatus: 'UPDATE_COMPLETE', reason: '' });
    expect(rest.deploymentId).toMatch(/^d-[A-Z0-9]{9}$/);
    expect(requests).toMatchObject({ failed: 0, lost: 0, exposed: { failed: 0 } });
    expect(requests.exposed.total).toBeGreaterThan(0);
    expect(requests.bySide.blue.ok).toBeGreaterThan(0);
    expect(requests.bySide.green.ok).toBeGreaterThan(0);
    expect(requests.bySide.blue.ok + requests.bySide.green.ok).toBe(requests.total);
    expect(report.deniedCalls.filter((denied) => denied.release === name)).toEqual([]);
  });

  test('v3 is stopped by the smoke gate before it serves one production request', () => {
    const { requests, reason, ...rest } = release('v3');
    expect(rest).toMatchObject({ outcome: 'rolled-back', stackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(rest.cdkExitCode).not.toBe(0);
    expect(reason).toMatch(/AfterAllowTestTraffic gate .*check "orders" failed: status was 500, expected 200/);
    expect(requests).toMatchObject({ failed: 0, lost: 0, exposed: { total: 0, failed: 0 } });
    expect(requests.total).toBeGreaterThan(0);
  });

  test('v4 is rolled back by an alarm, and the requests that it spoiled are counted', () => {
    const { requests, reason, ...rest } = release('v4');
    expect(rest).toMatchObject({ outcome: 'rolled-back', stackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(rest.cdkExitCode).not.toBe(0);
    // Names the alarm, the values that it saw and the limit that they broke.
    expect(reason).toMatch(/alarm "[^"]*5xxRate[^"]*" went to ALARM .*\[\d+(\.\d+)? \(.*threshold \(5\.0\)/);
    expect(requests.lost).toBe(0);
    expect(requests.exposed.failed).toBeGreaterThan(0);
    expect(requests.exposed.total).toBeGreaterThan(requests.exposed.failed);
    // Every failed response was green's, and few users met it.
    expect(requests.failed).toBe(requests.exposed.failed);
    expect(requests.exposed.total / requests.total).toBeLessThan(0.2);
  });

  test('no role was denied anything, and every resource of the stack has behaviour', () => {
    expect(report.deniedCalls).toEqual([]);
    expect(report.inertResources).toEqual([]);
  });

  test('each timeline shows the release in the order in which it happened', () => {
    for (const { name, timeline } of nonEmpty(report.releases)) {
      const times = timeline.map(({ awsMs }) => awsMs);
      expect({ name, times }).toEqual({ name, times: [...times].sort((a, b) => a - b) });
      expect(timeline[0]).toMatchObject({ source: 'cdk', event: 'deploy' });
    }
    const lifecycle = release('v2')
      .timeline.filter(({ event }) => event === 'lifecycle')
      .map(({ detail }) => detail);
    const first = (text: string) => lifecycle.findIndex((detail) => detail.includes(text));
    const order = ['AllowTestTraffic', 'AfterAllowTestTraffic', 'AllowTraffic Succeeded', 'AfterAllowTraffic'].map(
      first,
    );
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
  });

  test('it listened only on loopback and left no process, port or file', async () => {
    // Blue and green, a function and the load balancer were there to be found.
    expect(running.length).toBeGreaterThan(3);
    expect(addresses.length).toBeGreaterThan(3);
    expect(files).not.toEqual([]);
    expect(addresses.filter((address) => !address.startsWith('127.0.0.1:'))).toEqual([]);
    expect(cli.processes()).toEqual([]);
    expect(cli.files()).toEqual([]);
    const port = Number(/Local AWS at http:\/\/127\.0\.0\.1:(\d+)/.exec(end.stderr)?.[1]);
    await expect(connecting(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

function connecting(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}

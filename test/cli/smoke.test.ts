import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import type { SmokeReport } from '../../smoke/runner';
import { createGate } from '../../lambda/gate/handler';
import type { CheckResult } from '../../smoke/results';
import type { Verdict } from '../../lambda/gate/types';
import { clients } from '../../lambda/gate/clients';
import { readSuite } from '../../smoke/suite';
import { createSecretsManager } from '../../rehearsal/services/secretsmanager';
import { INTERNAL } from '../../rehearsal/core/service';
import { httpServer, type Listening } from '../support/servers/servers';
import { runningWorld } from '../support/rehearsal/running-world';
import { temporaryDirectory } from '../support/temporary';
import { greenlight, ROOT, sampleService } from './support';

const folder = temporaryDirectory('smoke');

describe('the suites of examples/ on the sample service', () => {
  let service: Awaited<ReturnType<typeof sampleService>>;
  let url: string;
  beforeAll(async () => {
    service = await sampleService('7');
    ({ url } = service);
  });
  afterAll(() => service?.stop());

  test('pass, and each says why it does not', async () => {
    const journey = await greenlight(join(ROOT, 'examples/suites/journey.yaml'), '--target', url);
    expect([journey.code, journey.out]).toEqual([0, expect.stringMatching(/passed: 5 checks passed/)]);
    const orders = join(ROOT, 'examples/suites/orders.yaml');
    expect((await greenlight(orders, '--target', url, '--var', 'version=7')).code).toBe(0);
    const wrong = await greenlight(orders, '--target', url, '--var', 'version=8', '--timeout', '60');
    expect(wrong.code).toBe(1);
    expect(wrong.out).toMatch(/orders\.yaml:23:11: version: json \$\.version was "7", expected "8"/);
  });

  test('the first suite of --init runs, and is never overwritten', async () => {
    const file = join(folder, 'first.yaml');
    expect((await greenlight('--init', file)).code).toBe(0);
    const again = await greenlight('--init', file);
    expect([again.code, again.err]).toEqual([2, expect.stringMatching(/first\.yaml: it exists/)]);
    expect((await greenlight(file, '--target', url)).code).toBe(0);
  });
});

describe('against a server of its own', () => {
  let server: Listening;
  beforeAll(async () => {
    server = await httpServer((request, response) => {
      const status = request.url?.startsWith('/broken') ? 500 : 200;
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"id":1}');
    });
  });
  afterAll(() => server.close());

  const file = join(folder, 'mixed.yaml');
  writeFileSync(
    file,
    [
      'version: 1',
      'variables: { id: null }',
      'checks:',
      '  - { name: good, path: /, expect: { json: [{ path: $.id, equalTo: 1 }] } }',
      '  - { name: slow, path: /slow, warn: { bodyContains: never } }',
      '  - { name: broken, path: /broken, retries: 1, backoffMs: 1, query: { id: "${id}" } }',
      '  - { name: after, path: /after, needs: [broken] }',
    ].join('\n'),
  );

  /** Without what differs from run to run. */
  const comparable = (checks: readonly CheckResult[]) =>
    checks.map(({ durationMs: _durationMs, tries, ...check }) => ({
      ...check,
      tries: tries?.map(({ timings, ...each }) => ({ ...each, steps: Object.keys(timings) })),
    }));

  test('gate and command line give the same verdict, field by field', async () => {
    const target = `http://127.0.0.1:${server.port}`;
    const { code, out } = await greenlight(file, '--target', target, '--var', 'id=5', '--json');
    const report = JSON.parse(out) as SmokeReport;
    const verdicts: Verdict[] = [];
    const environment = {
      GREENLIGHT_SERVICE: 'web',
      GREENLIGHT_LIFECYCLE_EVENT: 'AfterAllowTestTraffic',
      GREENLIGHT_TARGET_URL: target,
      GREENLIGHT_ALARMS: '[]',
      GREENLIGHT_TIMEOUT_SECONDS: '120',
      GREENLIGHT_VARIABLES: '{"id":"5"}',
    };
    const gate = createGate(environment, {
      ...clients,
      untilListenerSettles: () => Promise.resolve(),
      loadSuite: () => readSuite(file),
      writeVerdict: (verdict) => void verdicts.push(verdict),
      report: () => Promise.resolve(),
    });
    await gate(
      { DeploymentId: 'd', LifecycleEventHookExecutionId: 'h' },
      {
        getRemainingTimeInMillis: () => 60_000,
      },
    );
    const [verdict] = verdicts;
    expect(code).toBe(1);
    expect(comparable(verdict?.checks ?? [])).toEqual(comparable(report.checks));
    expect([verdict?.rule, verdict?.sentence]).toEqual([report.rule, report.sentence]);
    expect(report.checks.map(({ outcome }) => outcome)).toEqual(['passed', 'degraded', 'failed', 'skipped']);
  });

  test('JUnit holds what failed, was skipped, and degraded', async () => {
    const junit = join(folder, 'junit.xml');
    await greenlight(file, '--target', `http://127.0.0.1:${server.port}`, '--var', 'id=5', '--junit', junit);
    const { testsuites } = new XMLParser({ ignoreAttributes: false }).parse(readFileSync(junit, 'utf8')) as {
      testsuites: { testsuite: Record<string, unknown> & { testcase: Record<string, unknown>[] } };
    };
    const { testcase, ...suite } = testsuites.testsuite;
    expect(suite).toMatchObject({ '@_tests': '4', '@_failures': '1', '@_skipped': '1' });
    expect(testcase.map((each) => Object.keys(each).filter((key) => !key.startsWith('@_') && key !== '#text'))).toEqual(
      [[], ['system-out'], ['failure'], ['skipped']],
    );
  });

  test('every problem together, with its place; nothing is sent', async () => {
    const wrong = join(folder, 'wrong.yaml');
    writeFileSync(
      wrong,
      'version: 2\nchecks:\n  - name: a\n    path: x\n    expect: { status: 99, bodyPattern: "(" }\n    needs: [b]\n',
    );
    const { code, err } = await greenlight(wrong, '--target', 'http://127.0.0.1:1');
    expect(code).toBe(2);
    const lines = err
      .trim()
      .split('\n')
      .map((line) => line.replace(/^greenlight: /, '').replace(folder, ''));
    expect(lines.map((line) => line.slice(0, 46))).toEqual([
      '/wrong.yaml:1:10: version is 2: it must be 1',
      '/wrong.yaml:4:11: checks[0].path is "x": begin',
      '/wrong.yaml:5:23: checks[0].expect.status is 9',
      '/wrong.yaml:5:40: checks[0].expect.bodyPattern',
      '/wrong.yaml:6:13: checks[0].needs[0] is "b": n',
    ]);
  });

  test.each([
    [['none.yaml', '--target', 'http://127.0.0.1:1'], /none\.yaml: there is no such file/],
    [[file], /say what to test with --target/],
    [[file, '--target', 'ftp://x'], /give http/],
    [[file, '--target', 'http://127.0.0.1:1'], /variable id is missing.*--var/],
    [
      [file, '--target', 'http://127.0.0.1:1', '--var', 'id=1', '--var', 'other=2'],
      /variable other is "2": the suite declares id/,
    ],
    [[file, '--target', 'http://127.0.0.1:1', '--concurrency', '0'], /whole number from 1 to 100/],
  ])('%j is refused', async (args, message) => {
    const { code, err } = await greenlight(...args);
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  });
});

test('a secret is read with the credentials of the profile, sent, and printed nowhere', async () => {
  const before = { ...process.env };
  const running = await runningWorld((world) => [createSecretsManager(world)]);
  const { ARN } = await running.world.call<{ ARN: string }>(INTERNAL, 'secretsmanager', 'CreateSecret', {
    Name: 'token',
    SecretString: 's3cr3t',
  });
  const keys = running.role('dev', { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: ARN });
  const server = await httpServer((request, response) => response.end(`you sent ${request.headers.authorization}`));
  const profile = join(folder, 'credentials');
  writeFileSync(
    profile,
    `[dev]\naws_access_key_id=${keys.accessKeyId}\naws_secret_access_key=${keys.secretAccessKey}\naws_session_token=${keys.sessionToken}\n`,
  );
  const own = { AWS_PROFILE: 'dev', AWS_SHARED_CREDENTIALS_FILE: profile, AWS_CONFIG_FILE: profile };
  Object.assign(process.env, own, { AWS_ENDPOINT_URL: running.client(keys).endpoint });
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) delete process.env[name];
  try {
    const check = { name: 'a', path: '/', auth: { type: 'bearer', secret: ARN }, expect: { bodyContains: 'never' } };
    const file = join(folder, 'secret.json');
    writeFileSync(file, JSON.stringify({ version: 1, checks: [check] }));
    const { code, out, err } = await greenlight(file, '--target', `http://127.0.0.1:${server.port}`, '--json');
    expect(code).toBe(1);
    expect(out).toContain('you sent Bearer ***');
    expect(out + err).not.toContain('s3cr3t');
  } finally {
    process.env = before;
    await Promise.all([server.close(), running.stop()]);
  }
});

import { readFileSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import type { ComparisonResult } from '../../smoke/comparison';
import type { Verdict } from '../../lambda/gate/types';
import { createGate } from '../../lambda/gate/handler';
import { clients } from '../../lambda/gate/clients';
import type { SmokeReport } from '../../smoke/runner';
import { readSuite } from '../../smoke/suite';
import { httpServer, type Listening } from '../support/servers/servers';
import { temporaryDirectory } from '../support/temporary';
import { greenlight, ROOT, sampleService } from './support';

const folder = temporaryDirectory('compare');

const servers: Listening[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = await httpServer(listener);
  servers.push(server);
  return `http://127.0.0.1:${server.port}`;
}

const json = (body: object, status = 200): RequestListener => {
  const text = JSON.stringify(body);
  return (_request, response) => void response.writeHead(status, { 'content-type': 'application/json' }).end(text);
};
const GOOD = json({ id: 1, item: 'tea' });

/** One request at a time to each side, and no slow response: gate and command line send the same requests. */
const SUITE = join(folder, 'compare.yaml');
writeFileSync(
  SUITE,
  [
    'version: 1',
    'checks:',
    '  - { name: one, path: /orders/1 }',
    'compare:',
    '  failOnDifferences: [json-missing]',
    '  requestsPerSecond: 10000',
    '  latencyFloorMs: 5000',
    '  concurrency: 1',
  ].join('\n'),
);

/** Every twentieth response of green in the comparison is an error; the first response was for the check. */
function failingNowAndThen(): RequestListener {
  let served = 0;
  return (request, response) => (served++ % 20 === 19 ? json({}, 500) : GOOD)(request, response);
}

/** What ends the comparison: the responses, which are the same in both runs, or the times of equal sides. */
type Decider = 'responses' | 'times';

const SIDES: readonly (readonly [string, () => RequestListener, Decider, Partial<SmokeReport>])[] = [
  ['a green that is alike', () => GOOD, 'times', { outcome: 'passed', rule: 'all-passed' }],
  ['a green without a field', () => json({ id: 1 }), 'responses', { outcome: 'failed', rule: 'comparison-differs' }],
  ['a green that fails now and then', failingNowAndThen, 'responses', { outcome: 'failed', rule: 'comparison-worse' }],
];

/** Measured, or counted until the measured times decided: the two runs share the fields, and not the figures. */
const OF_TIME = ['interval', 'pairs', 'evidence', 'threshold', 'value', 'blue', 'green', 'quantile', 'durationMs'];

/** The result with a kind in place of each figure that the measured times decide, in sentences too. */
function normalised(result: ComparisonResult | undefined, decidedBy: Decider) {
  if (!result) throw new Error('nothing was compared');
  return {
    ...kinds(result, 'durationMs', ...(decidedBy === 'times' ? ['requests'] : [])),
    measures: result.measures.map((measure) =>
      measure.measure === 'errors' && decidedBy === 'responses' ? measure : kinds(measure, ...OF_TIME),
    ),
    sentence: withoutTimes(result.sentence, decidedBy),
  };
}

function kinds(value: object, ...names: string[]): object {
  return Object.fromEntries(
    Object.entries(value).map(([name, of]: [string, unknown]) => [
      name,
      // A bound is null where the times give none.
      names.includes(name) ? (Array.isArray(of) ? `${of.length} bounds` : typeof of) : of,
    ]),
  );
}

function withoutTimes(sentence = '', decidedBy: Decider = 'responses'): string {
  const timeless = sentence.replace(/p\d+ [\d.]+ ms against [\d.]+ ms/, 'pN against pN');
  return decidedBy === 'times' ? timeless.replace(/\d+ requests/, 'N requests') : timeless;
}

async function verdictOfGate(target: string, live: string): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  const environment = {
    GREENLIGHT_SERVICE: 'web',
    GREENLIGHT_LIFECYCLE_EVENT: 'AfterAllowTestTraffic',
    GREENLIGHT_TARGET_URL: target,
    GREENLIGHT_LIVE_URL: live,
    GREENLIGHT_ALARMS: '[]',
    GREENLIGHT_TIMEOUT_SECONDS: '120',
  };
  const gate = createGate(environment, {
    ...clients,
    untilListenerSettles: () => Promise.resolve(),
    loadSuite: () => readSuite(SUITE),
    writeVerdict: (verdict) => void verdicts.push(verdict),
    writeMetrics: () => undefined,
    deploymentDescription: () => Promise.resolve(undefined),
    report: () => Promise.resolve(),
  });
  await gate({ DeploymentId: 'd', LifecycleEventHookExecutionId: 'h' }, { getRemainingTimeInMillis: () => 180_000 });
  return verdicts[0] as Verdict;
}

test.each(SIDES)('gate and command line give the same verdict on %s', async (_name, green, decidedBy, expected) => {
  const live = await serve(GOOD);
  const { code, out } = await greenlight(SUITE, '--target', await serve(green()), '--compare', live, '--json');
  const report = JSON.parse(out) as SmokeReport;
  // A server of its own, so that its count of requests begins at 0.
  const verdict = await verdictOfGate(await serve(green()), live);
  expect({ code, ...report }).toMatchObject({ code: expected.outcome === 'passed' ? 0 : 1, ...expected });
  expect(normalised(verdict.comparison, decidedBy)).toEqual(normalised(report.comparison, decidedBy));
  expect([verdict.rule, withoutTimes(verdict.sentence, decidedBy)]).toEqual([
    report.rule,
    withoutTimes(report.sentence, decidedBy),
  ]);
  expect(verdict.outcome).toBe(report.outcome === 'failed' ? 'Failed' : 'Succeeded');
});

describe('smoke --compare', () => {
  test('prints progress, a table of both measures, and the sentence; exit code 0', async () => {
    const { code, out } = await greenlight(SUITE, '--target', await serve(GOOD), '--compare', await serve(GOOD));
    expect(code).toBe(0);
    expect(out).toMatch(/^comparing with http:\/\/127\.0\.0\.1:\d+: 200 requests$/m);
    expect(out).toMatch(/^ +COMPARED +RESULT +LIVE +TARGET +PAIRS +EVIDENCE$/m);
    expect(out).toMatch(/^ok +errors +not-worse +0 % +0 % +\d+ +1 of \d+$/m);
    expect(out).toMatch(/^ok +latency p\d\d +not-worse +[\d.]+ ms +[\d.]+ ms +\d+ +\d+ of \d+$/m);
    expect(out).toMatch(/passed: 1 check passed, green is not worse than blue: 0 % errors against 0 %/);
  });

  test('a green that is worse: exit code 1, the row, and in JUnit a failed case', async () => {
    const junit = join(folder, 'worse.xml');
    const [target, live] = [await serve(failingNowAndThen()), await serve(GOOD)];
    const { code, out } = await greenlight(SUITE, '--target', target, '--compare', live, '--junit', junit);
    expect(code).toBe(1);
    expect(out).toMatch(/^FAIL +errors +worse +0 % +[\d.]+ % +\d+ +\d+ of \d+$/m);
    expect(out).toMatch(/failed: green fails more often than blue/);
    const { testsuite } = junitOf(junit);
    expect(testsuite).toMatchObject({ '@_tests': '2', '@_failures': '1' });
    expect(testsuite.testcase[1]).toMatchObject({
      '@_name': 'comparison with the live side',
      failure: { '@_message': expect.stringMatching(/^green fails more often than blue/) as string },
    });
  });

  test('differences are listed, those that fail apart from those that do not; JUnit has them', async () => {
    const junit = join(folder, 'differs.xml');
    const green: RequestListener = (_request, response) =>
      void response.writeHead(200, { 'content-type': 'text/plain' }).end('{"id":1}');
    const [target, live] = [await serve(green), await serve(GOOD)];
    const { code, out } = await greenlight(SUITE, '--target', target, '--compare', live, '--junit', junit);
    expect(code).toBe(1);
    expect(out).toMatch(/^FAIL {2}one: item is absent, on blue "tea" \(40 of 40 responses\)$/m);
    expect(out).toMatch(
      /^note {2}one: content-type is text\/plain, on blue application\/json \(40 of 40 responses\)$/m,
    );
    expect(junitOf(junit).testsuite.testcase[1]).toHaveProperty('failure');
  });

  test('with checks that fail nothing is compared', async () => {
    let requests = 0;
    const live = await serve((request, response) => {
      requests += 1;
      GOOD(request, response);
    });
    const target = await serve(json({}, 404));
    const { code, out } = await greenlight(SUITE, '--target', target, '--compare', live, '--json');
    expect([code, (JSON.parse(out) as SmokeReport).rule, requests]).toEqual([1, 'check-failed', 0]);
    expect(JSON.parse(out)).not.toHaveProperty('comparison');
  });

  test('a live side that is gone is too little data, and fails', async () => {
    const few = join(folder, 'few.yaml');
    writeFileSync(few, `${readFileSync(SUITE, 'utf8')}\n  maxRequests: 100\n`);
    const { code, out } = await greenlight(few, '--target', await serve(GOOD), '--compare', 'http://127.0.0.1:1');
    expect(code).toBe(1);
    expect(out).toMatch(/failed: not enough data to say that green is no worse than blue: .*latency undecided/);
  });

  const unsafe = join(folder, 'unsafe.yaml');
  writeFileSync(unsafe, 'version: 1\nchecks:\n  - { name: a, path: /, method: POST }\n');
  const wrong = join(folder, 'wrong.yaml');
  writeFileSync(
    wrong,
    'version: 1\nchecks:\n  - { name: a, path: / }\ncompare:\n  requests: [{ path: /, method: POST }]\n  alpha: 2\n',
  );
  const target = ['--target', 'http://127.0.0.1:1'];
  test.each([
    [[SUITE, ...target, '--compare', 'ftp://x'], /It is "ftp:\/\/x"; give http/],
    [[SUITE, ...target, '--compare', 'http://127.0.0.1:1/path'], /give http\(s\):\/\/host/],
    [[SUITE, '--compare', 'http://127.0.0.1:1'], /say what to test with --target/],
    [[unsafe, ...target, '--compare', 'http://127.0.0.1:1'], /list at least one GET, HEAD or OPTIONS/],
    [
      [wrong, ...target],
      /wrong\.yaml:5:33: compare\.requests\[0\]\.method is "POST".*\n.*wrong\.yaml:6:10: compare\.alpha/,
    ],
  ])('%j is refused before anything is sent', async (args, message) => {
    const { code, err } = await greenlight(...args);
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  });
});

test('examples/gate/compare.yaml passes between two versions of the sample service that are alike', async () => {
  const services: Awaited<ReturnType<typeof sampleService>>[] = [];
  try {
    for (const version of ['7', '8']) services.push(await sampleService(version));
    const [live, target] = services.map(({ url }) => url) as [string, string];
    const suite = join(ROOT, 'examples/gate/compare.yaml');
    const { code, out } = await greenlight(suite, '--target', target, '--compare', live, '--json');
    const { comparison, rule } = JSON.parse(out) as SmokeReport;
    expect([code, rule, comparison?.differences]).toEqual([0, 'all-passed', []]);
  } finally {
    services.forEach((service) => service.stop());
  }
});

function junitOf(file: string) {
  const parsed = new XMLParser({ ignoreAttributes: false }).parse(readFileSync(file, 'utf8')) as {
    testsuites: { testsuite: Record<string, unknown> & { testcase: Record<string, unknown>[] } };
  };
  return parsed.testsuites;
}

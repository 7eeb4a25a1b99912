import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import { GateEnvironment, SUITE_FILE } from '../../../lambda/gate/types';
import type { Suite } from '../../../smoke/suite/model';
import { type ComparisonOptions, DifferenceKind, NotEnoughData, SmokeSuite } from '../../../lib';
import { flat, newStack, ofType, serviceIn, newApp } from '../support';

const folder = mkdtempSync(join(tmpdir(), 'greenlight-compare-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fromFile(name: string, text: string): SmokeSuite {
  writeFileSync(join(folder, name), text);
  return SmokeSuite.fromFile(join(folder, name));
}

const health = () => SmokeSuite.of({ name: 'health', path: '/health' });

/** The suite that the gate's function finds next to its handler. */
function shipped(suite: SmokeSuite): Suite {
  const app = newApp();
  const stack = new Stack(app, 'Test');
  serviceIn(stack, { suite });
  const { directory } = app.synth();
  const [, gate] = ofType(stack, 'AWS::Lambda::Function').find(([id]) => /AfterAllowTestTraffic/.test(id)) ?? [];
  const { S3Key } = gate?.Properties.Code as unknown as { S3Key: string };
  return JSON.parse(readFileSync(join(directory, `asset.${S3Key.replace('.zip', '')}`, SUITE_FILE), 'utf8')) as Suite;
}

test('every option in code is that of the file', () => {
  const inCode = health().comparedWithLive({
    requests: [
      { path: '/orders' },
      { name: 'one', method: 'HEAD', path: '/orders/1', headers: { accept: 'application/json' } },
    ],
    alpha: 0.05,
    confidence: 0.9,
    errorMarginPercent: 2,
    latencyRatio: 1.2,
    latencyFloor: Duration.millis(10),
    maxRequests: 2_000,
    timeout: Duration.minutes(2),
    requestsPerSecond: 50,
    concurrency: 8,
    requestTimeout: Duration.seconds(2),
    headers: ['content-type', 'cache-control'],
    failOnDifferences: [DifferenceKind.JSON_MISSING, DifferenceKind.HEADER],
    notEnoughData: NotEnoughData.WARN,
  });
  const inFile = fromFile(
    'every.yaml',
    `version: 1
checks:
  - { name: health, path: /health }
compare:
  requests:
    - path: /orders
    - { name: one, method: HEAD, path: /orders/1, headers: { accept: application/json } }
  alpha: 0.05
  confidence: 0.9
  errorMarginPercent: 2
  latencyRatio: 1.2
  latencyFloorMs: 10
  maxRequests: 2000
  timeoutSeconds: 120
  requestsPerSecond: 50
  concurrency: 8
  requestTimeoutMs: 2000
  headers: [content-type, cache-control]
  failOnDifferences: [json-missing, header]
  notEnoughData: warn
`,
  );
  const { compare } = shipped(inFile);
  expect(Object.keys(compare ?? {})).toHaveLength(14);
  expect(shipped(inCode).compare).toEqual(compare);
});

test('a suite that does not mention the comparison leaves it to the gate, and one without options is the defaults', () => {
  expect(shipped(health())).not.toHaveProperty('compare');
  expect(shipped(health().comparedWithLive()).compare).toEqual({});
  expect(shipped(health().comparedWithLive({ notEnoughData: NotEnoughData.FAIL })).compare).toEqual({
    notEnoughData: 'fail',
  });
});

test('the comparison can be switched off, in code and in a file; not where it has options', () => {
  expect(shipped(health().withoutComparison()).compare).toBe(false);
  const off = 'version: 1\nchecks:\n  - { name: health, path: /health }\ncompare: false\n';
  expect(shipped(fromFile('off.yaml', off)).compare).toBe(false);
  expect(() => health().comparedWithLive().withoutComparison()).toThrow(
    'the suite has options for the comparison: remove them, or remove withoutComparison',
  );
});

test('the suite that it was made of is left as it was, and a file is compared by code too', () => {
  const suite = fromFile('plain.yaml', 'version: 1\nchecks:\n  - { name: health, path: /health }\n');
  expect(shipped(suite.comparedWithLive({ alpha: 0.02 })).compare).toEqual({ alpha: 0.02 });
  expect(shipped(suite)).not.toHaveProperty('compare');
});

test('only the gate before the shift gets the address of the live side', () => {
  const stack = newStack();
  serviceIn(stack, { suite: health().comparedWithLive() });
  const addresses = ofType(stack, 'AWS::Lambda::Function').flatMap(([, { Properties }]) => {
    const { Variables = {} } = (Properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
    const live = Variables[GateEnvironment.liveUrl];
    return live === undefined ? [] : [[Variables[GateEnvironment.lifecycleEvent], flat(live)]];
  });
  expect(addresses).toEqual([['AfterAllowTestTraffic', expect.stringMatching(/^http:\/\/<.*DNSName>:80$/)]]);
});

test.each<[string, ComparisonOptions, RegExp]>([
  ['alpha', { alpha: 0.5 }, /compare\.alpha is 0\.5: a number from 0\.0001 to 0\.2/],
  ['a POST', { requests: [{ path: '/', method: 'POST' }] }, /compare\.requests\[0\]\.method is "POST": one of GET/],
  ['no request', { requests: [] }, /compare\.requests is \[\]: a list of requests/],
  ['a path', { requests: [{ path: 'orders' }] }, /compare\.requests\[0\]\.path is "orders": a path that begins/],
  ['a part of a second', { timeout: Duration.millis(1_500) }, /timeoutSeconds is 1\.5: a whole number/],
  ['a long floor', { latencyFloor: Duration.minutes(2) }, /latencyFloorMs is 120000: a number from 0 to 60000/],
  ['no kind', { failOnDifferences: [] }, /compare\.failOnDifferences is \[\]/],
  [
    'more time than the gate has',
    { timeout: Duration.minutes(6) },
    /comparison's timeout 360 s: one run of the suite has 300 s.*lower it, or raise .*gate\.timeout/,
  ],
])('%s out of its limits stops synthesis with value, limit and remedy', (_what, options, message) => {
  expect(() => serviceIn(newStack(), { suite: health().comparedWithLive(options) })).toThrow(message);
});

test('every problem at once', () => {
  const suite = health().comparedWithLive({ alpha: 0.5, concurrency: 0 });
  expect(() => serviceIn(newStack(), { suite })).toThrow(/compare\.alpha is 0\.5.*; compare\.concurrency is 0/);
});

test('a suite is compared in one place', () => {
  const suite = fromFile('own.yaml', 'version: 1\nchecks:\n  - { name: a, path: / }\ncompare: {}\n');
  expect(() => suite.comparedWithLive()).toThrow(/^own\.yaml has compare already: change it there, or remove it/);
  expect(() => health().comparedWithLive().comparedWithLive()).toThrow(/^the suite has compare already/);
});

test('a suite that holds nothing to compare is refused', () => {
  const suite = SmokeSuite.of({ name: 'order', path: '/orders', method: 'POST' }).comparedWithLive();
  expect(() => serviceIn(newStack(), { suite })).toThrow(/compare\.requests is missing: list at least one GET/);
});

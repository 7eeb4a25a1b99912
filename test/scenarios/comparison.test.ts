import type { Verdict } from '../../lambda/gate/types';
import type { ReleaseReport } from '../../rehearsal/runner/report/document';
import { type GateScenario, startGateScenario } from '../support/scenarios/gate';
import { schemaProblems } from '../support/verdict-schema';
import { nonEmpty } from '../support/non-empty';

/** Bad releases that only the comparison with live blue can see: rehearsed by the real CDK CLI on the local AWS. */

jest.setTimeout(600_000);

/**
 * The gate's minutes are scaled and its requests are real: to find one error in fifty takes some 600 pairs of a fifth of
 * a second, 48 at a time, so 3 s where nothing else runs. At this speed the gate's 14 minutes are 17.5 s.
 */
const SPEED = 48;

let scenario: GateScenario;
beforeAll(async () => {
  scenario = await startGateScenario(SPEED, {
    stack: 'Compared',
    directory: 'test/scenarios/apps',
    file: 'compared.ts',
  });
  const created = await scenario.release('v1');
  expect([created.outcome, created.reason]).toEqual(['created', '']);
});
afterAll(() => scenario?.stop());

async function released(name: string, environment: Readonly<Record<string, string>> = {}) {
  const report = await scenario.release(name, { environment }, 0.5);
  const verdicts = await scenario.verdicts(report.deploymentId);
  for (const verdict of nonEmpty(verdicts)) expect(schemaProblems(verdict)).toEqual([]);
  const smoke = verdicts.find(({ lifecycleEvent }) => lifecycleEvent === 'AfterAllowTestTraffic') as Verdict;
  return { report, smoke };
}

test('a good release passes the comparison', async () => {
  const { report, smoke } = await released('v2');
  expect([report.outcome, report.reason]).toEqual(['succeeded', '']);
  expect(smoke).toMatchObject({ outcome: 'Succeeded', rule: 'all-passed' });
  expect(smoke.comparison).toMatchObject({ decision: 'not-worse', outcome: 'passed', differences: [] });
  expect(report.requests).toMatchObject({ failed: 0, lost: 0 });
});

interface Fault {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly rule: Verdict['rule'];
  readonly sentence: RegExp;
}

const FAULTS: readonly Fault[] = [
  {
    name: 'v3',
    environment: { FAULT_BROKEN_ROUTE: '/orders' },
    rule: 'check-failed',
    sentence: /^check "orders" failed: status was 500, expected 200/,
  },
  {
    name: 'slower-by-half',
    environment: { FAULT_LATENCY_PERCENT: '50' },
    rule: 'comparison-worse',
    sentence:
      /^green is slower than blue: p\d+ \d+ ms against \d+ ms, by chance once in \S+, once in \S+ decides, \d+ pairs/,
  },
  {
    name: 'missing-field',
    environment: { FAULT_MISSING_FIELD: 'quantity' },
    rule: 'comparison-differs',
    sentence: /^green responds differently: GET \/orders: \S*quantity is absent, on blue \d+/,
  },
  {
    name: 'wrong-content-type',
    environment: { FAULT_CONTENT_TYPE: 'text/html' },
    rule: 'comparison-differs',
    sentence: /^green responds differently: GET \/orders: content-type is text\/html, on blue application\/json/,
  },
  {
    name: 'two-percent-errors',
    environment: { FAULT_ERROR_PERCENT: '2' },
    rule: 'comparison-worse',
    sentence:
      /^green fails more often than blue: \S+ % errors against 0 %, by chance once in \S+, once in \S+ decides, \d+ pairs/,
  },
];

/** Stopped, and no user met it: not one production request was served by green, and none was lost. */
function expectStoppedUnseen({ outcome, cdkExitCode, stackStatus, requests }: ReleaseReport): void {
  expect({ outcome, stackStatus }).toEqual({ outcome: 'rolled-back', stackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
  expect(cdkExitCode).not.toBe(0);
  expect(requests).toMatchObject({ lost: 0, failed: 0, exposed: { total: 0, failed: 0 } });
  expect(requests.total).toBeGreaterThan(0);
}

test.each(FAULTS)('$name is stopped on the test listener', async ({ name, environment, rule, sentence }) => {
  const { report, smoke } = await released(name, environment);
  expectStoppedUnseen(report);
  expect({ rule: smoke.rule, outcome: smoke.outcome }).toEqual({ rule, outcome: 'Failed' });
  expect(smoke.sentence).toMatch(sentence);
  expect(report.reason).toContain(`the AfterAllowTestTraffic gate says: ${smoke.sentence}`);
});

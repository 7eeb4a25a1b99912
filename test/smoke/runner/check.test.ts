import type { HttpRequest, HttpResponse } from '../../../common/http';
import { runSuite } from '../../../smoke/runner/run';
import type { SmokeCheck } from '../../../smoke/suite/model';

/** The result of one check against these statuses in turn, the last one for ever. */
async function resultOf(check: Partial<SmokeCheck>, ...statuses: number[]) {
  let sent = 0;
  const exchange = (_request: HttpRequest): Promise<HttpResponse> => {
    const status = statuses[Math.min(sent++, statuses.length - 1)]!;
    return Promise.resolve({
      status,
      headers: {},
      body: 'plain',
      truncated: false,
      durationMs: 5,
      timings: { totalMs: 5 },
    });
  };
  const { checks } = await runSuite(
    { checks: [{ name: 'it', path: '/', retries: 0, ...check }] },
    {
      base: new URL('http://lb.example.com'),
      addresses: [],
      tlsVerification: 'full',
      exchange,
      signal: new AbortController().signal,
      limitMs: 20_000,
    },
  );
  return checks[0]!;
}

test('a repeated check fails with the first expectation that decides, not with one that only warns', async () => {
  const result = await resultOf(
    { repeat: { times: 3 }, warn: { bodyContains: 'rich' }, expect: { status: 200 } },
    200,
    503,
  );
  expect(JSON.stringify(result)).toContain('1 of 2 sent (first: status was 503, expected 200)');
});

test('a repeated check stops when more failed than it allows, and passes with as many as that', async () => {
  const repeat = { times: 4, errorPercent: 50 };
  expect(await resultOf({ repeat }, 503, 503, 200)).toMatchObject({ outcome: 'passed', attempts: 4 });
  expect(await resultOf({ repeat }, 503)).toMatchObject({ outcome: 'failed', attempts: 3 });
});

test('a check is sent again until it passes, a POST never', async () => {
  const again = { retries: 2, backoffMs: 1 };
  expect(await resultOf(again, 503, 503, 200)).toMatchObject({ outcome: 'passed', attempts: 3 });
  expect(await resultOf(again, 503, 503, 503, 200)).toMatchObject({ outcome: 'failed', attempts: 3 });
  expect(await resultOf({ ...again, method: 'POST' }, 503, 200)).toMatchObject({ outcome: 'failed', attempts: 1 });
});

import { overloadOf } from '../../../../rehearsal/runner/release/overload';
import type { AttributedRecord } from '../../../../rehearsal/runner/traffic';

/** Requests at 10 ms from each other, with the latency that a service gives them. */
const load = (latencyMs: (index: number) => number, lost: (index: number) => boolean = () => false) =>
  Array.from({ length: 200 }, (_, index): AttributedRecord => {
    const request = { atMs: index * 10, traceId: String(index), method: 'GET', path: '/', latencyMs: latencyMs(index) };
    return lost(index) ? { ...request, error: 'TIMEOUT' } : { ...request, status: 200, targetStatus: 200 };
  });

test('a queue that grows is an overload', () => {
  expect(overloadOf(load((index) => 5 + index * 20))).toMatch(/^the latency grew from \d+ ms to \d+ ms$/);
});

test('requests lost before anything changed are an overload', () => {
  const quiet = load(
    () => 5,
    (index) => index % 10 === 0,
  );
  expect(overloadOf(quiet)).toBe('20 of 200 requests had no response');
});

test.each([
  ['a quick service', () => 5],
  ['a service that takes its two seconds', () => 2_000],
  ['a service that is slow at first', (index: number) => (index < 40 ? 900 : 5)],
])('%s is none', (_what, latencyMs) => {
  expect(overloadOf(load(latencyMs))).toBe('');
});

test('a handful of requests says nothing', () => {
  expect(overloadOf(load((index) => index * 100).slice(0, 20))).toBe('');
});

test.each([
  ['39 requests', 39, 0, ''],
  ['40 requests', 40, 0, 'the latency grew from 104 ms to 704 ms'],
  ['one lost of 51', 51, 1, 'the latency grew'],
  ['one lost of 50', 50, 1, '1 of 50 requests had no response'],
])('%s', (_what, count, lost, expected) => {
  const quiet = load(
    (index) => 4 + index * 20,
    (index) => index < lost,
  ).slice(0, count);
  expect(overloadOf(quiet).slice(0, expected.length || undefined)).toBe(expected);
});

test.each([
  ['half a second and three times as long', 166, 500, true],
  ['not half a second', 160, 499, false],
  ['not three times as long', 200, 590, false],
])('a latency that ends at %s', (_what, firstMs, lastMs, isOverload) => {
  expect(overloadOf(load((index) => (index < 100 ? firstMs : lastMs))) !== '').toBe(isOverload);
});

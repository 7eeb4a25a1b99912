import { batchesOf, BATCH_BYTES_MAX, EVENT_BYTES_MAX, eventsOf, sizeOf } from '../../../rehearsal/core/log-limits';
import { nonEmpty } from '../../support/non-empty';

test('a long line of a function becomes events that CloudWatch takes, with no character divided', () => {
  const line = `${'x'.repeat(EVENT_BYTES_MAX - 27)}日本${'é'.repeat(300_000)}`;
  const events = eventsOf(line);
  expect(events.length).toBeGreaterThan(2);
  expect(events.join('')).toBe(line);
  for (const event of nonEmpty(events)) expect(sizeOf(event)).toBeLessThanOrEqual(EVENT_BYTES_MAX);
  expect(eventsOf('')).toEqual(['']);
});

test('many lines are sent in batches that PutLogEvents takes', () => {
  const lines = Array.from({ length: 12_000 }, (_, index) => ({ message: 'x'.repeat(index % 500) }));
  const batches = batchesOf(lines);
  expect(batches.flat()).toEqual(lines);
  for (const batch of nonEmpty(batches)) {
    expect(batch.length).toBeLessThanOrEqual(10_000);
    expect(batch.reduce((sum, { message }) => sum + sizeOf(message), 0)).toBeLessThanOrEqual(BATCH_BYTES_MAX);
  }
});

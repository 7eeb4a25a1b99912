import { retry, sleep, within } from '../../common/retry';

beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick'] }));
afterEach(() => void jest.useRealTimers());

const START_MS = Date.parse('2026-01-01T00:00:00Z');

/** When each attempt of an operation that always fails begins, milliseconds from the first. */
async function attemptsOf(policy: Omit<Parameters<typeof retry>[1], 'retryable'>, retryable = true): Promise<number[]> {
  jest.setSystemTime(START_MS);
  const attempts: number[] = [];
  const operation = (attempt: number) => {
    attempts.push(Date.now() - START_MS);
    return Promise.reject(new Error(`attempt ${attempt}`));
  };
  const outcome = expect(retry(operation, { ...policy, retryable: () => retryable })).rejects.toThrow(/^attempt \d+$/);
  await jest.runAllTimersAsync();
  await outcome;
  return attempts;
}

test('waits twice as long from one attempt to the next, but never over the cap, and none begins after the limit', async () => {
  expect(await attemptsOf({ limitMs: 20_000 })).toEqual([0, 1_000, 3_000, 7_000, 12_000, 17_000]);
  expect(await attemptsOf({ limitMs: 600, delayMs: 100, delayMsMax: 150 })).toEqual([0, 100, 250, 400, 550]);
});

test('an attempt may begin at the limit, and not a millisecond after it', async () => {
  expect(await attemptsOf({ limitMs: 3_000 })).toEqual([0, 1_000, 3_000]);
  expect(await attemptsOf({ limitMs: 2_999 })).toEqual([0, 1_000]);
});

test('an error that is not retryable ends it at once', async () => {
  expect(await attemptsOf({ limitMs: 20_000 }, false)).toEqual([0]);
});

test('gives what the first successful attempt gives', async () => {
  const operation = (attempt: number) =>
    attempt < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve(attempt);
  const result = retry(operation, { limitMs: 60_000, retryable: () => true });
  await jest.runAllTimersAsync();
  await expect(result).resolves.toBe(3);
});

test('a signal ends the wait between two attempts, and the error is that of the last attempt', async () => {
  const controller = new AbortController();
  let attempts = 0;
  const operation = () => Promise.reject(new Error(`attempt ${(attempts += 1)}`));
  const outcome = expect(
    retry(operation, { limitMs: 60_000, retryable: () => true, signal: controller.signal }),
  ).rejects.toThrow('attempt 1');
  await jest.advanceTimersByTimeAsync(500);
  controller.abort();
  await outcome;
  expect(attempts).toBe(1);
  expect(jest.getTimerCount()).toBe(0);
});

test('a sleep ends with the reason of its signal, also of one that has aborted before', async () => {
  const controller = new AbortController();
  const sleeping = expect(sleep(60_000, controller.signal)).rejects.toThrow('enough');
  controller.abort(new Error('enough'));
  await sleeping;
  await expect(sleep(60_000, controller.signal)).rejects.toThrow('enough');
  expect(jest.getTimerCount()).toBe(0);
});

describe('work within a time', () => {
  const late = () => 'late';

  test('that is done in time gives its outcome, an error too, and leaves no timer', async () => {
    await expect(within(1_000, () => Promise.resolve('done'), late)).resolves.toBe('done');
    await expect(within(1_000, () => Promise.reject(new Error('broken')), late)).rejects.toThrow('broken');
    expect(jest.getTimerCount()).toBe(0);
  });

  test('that ignores the end of its time holds nobody up, and its signal says that the time is over', async () => {
    let given: AbortSignal | undefined;
    const result = within(
      1_000,
      (signal) => {
        given = signal;
        return new Promise<string>(() => undefined);
      },
      late,
    );
    await jest.advanceTimersByTimeAsync(999);
    expect(given?.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    await expect(result).resolves.toBe('late');
    expect(given?.reason).toEqual(new Error('not done within 1000 ms'));
  });
});

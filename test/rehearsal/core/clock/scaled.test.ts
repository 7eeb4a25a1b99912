import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monotonicNow } from '../../../../rehearsal/core/clock/reading';
import { ScaledClock } from '../../../../rehearsal/core/clock';
import { until } from '../../../support/until';

const clocks: ScaledClock[] = [];
const children: ChildProcess[] = [];
afterEach(() => {
  for (const clock of clocks.splice(0)) clock.stop();
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function clockAt(speed: number): ScaledClock {
  const clock = new ScaledClock(speed);
  clocks.push(clock);
  return clock;
}

/** Lets this process do nothing, as a suspension does. */
function stall(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('AWS time advances while this process runs, `speed` times as fast at most', async () => {
  const clock = clockAt(60);
  // A pause between two reads makes the real time longer, never the AWS time.
  const [realMs, awsMs] = [monotonicNow(), clock.now()];
  await clock.sleep(30_000);
  const aws = clock.now() - awsMs;
  expect(aws).toBeGreaterThanOrEqual(30_000);
  expect(aws).toBeLessThanOrEqual((monotonicNow() - realMs) * 60);
});

test('a suspended machine stops AWS time, latency and every limit', async () => {
  const clock = clockAt(60);
  await clock.sleep(1_000);
  const over: string[] = [];
  clock.after(30_000, () => over.push('30 s of AWS time'));
  clock.afterReal(1_000, () => over.push('a second for a response'));
  const [awsMs, realMs] = [clock.now(), clock.realNow()];
  stall(1_500);
  expect(clock.now() - awsMs).toBeLessThan(10_000);
  expect(clock.realNow() - realMs).toBeLessThan(1_000);
  for (let n = 0; n < 10; n++) await turn();
  expect(over).toEqual([]);
  await until('both limits', () => over.length === 2);
});

test('timers fire by their time, then in the order of creation; one that is cancelled does not', async () => {
  const clock = clockAt(600);
  const fired: number[] = [];
  // All begin at the same time: at this speed a pause of 2 ms between two lines is a second.
  const release = clock.hold();
  for (const delayMs of [3_000, 1_000, 2_000]) clock.after(delayMs, () => fired.push(delayMs));
  clock.after(2_000, () => fired.push(2_001));
  const cancelled = clock.after(1_500, () => fired.push(-1));
  clock.after(1_000, () => cancelled.cancel());
  release();
  await clock.sleep(4_000);
  expect(fired).toEqual([1_000, 2_000, 2_001, 3_000]);
});

test("an error in a timer's callback is reported, and the other timers continue", async () => {
  const clock = clockAt(600);
  const faults: unknown[] = [];
  clock.onFault = (error) => faults.push(error);
  clock.after(1_000, () => {
    throw new Error('of a timer');
  });
  await clock.sleep(2_000);
  expect(faults).toEqual([new Error('of a timer')]);
});

test('AWS time stops while it is held, and does not outrun real time while something computes', async () => {
  const clock = clockAt(600);
  const releases = [clock.hold(), clock.hold()];
  const heldMs = clock.now();
  releases[0]?.();
  releases[0]?.();
  await new Promise<void>((resolve) => clock.afterReal(50, resolve));
  expect(clock.now()).toBe(heldMs);
  releases[1]?.();
  const done = clock.compute();
  const [realMs, awsMs] = [monotonicNow(), clock.now()];
  await new Promise<void>((resolve) => clock.afterReal(50, resolve));
  expect(clock.now()).toBeGreaterThan(awsMs);
  expect(clock.now() - awsMs).toBeLessThanOrEqual(monotonicNow() - realMs);
  done();
  await clock.sleep(600_000);
  expect(clock.speedReport()).toMatchObject({ wanted: 600 });
  expect(clock.speedReport().achieved).toBeGreaterThan(0);
  expect(clock.speedReport().achieved).toBeLessThanOrEqual(600);
});

const linux = process.platform === 'linux' ? test : test.skip;

linux('AWS time slows down while other programs want the processors', async () => {
  const clock = clockAt(600);
  const processors = Number(readFileSync('/proc/cpuinfo', 'utf8').match(/^processor/gm)?.length);
  for (let n = 0; n < processors * 5; n++) {
    children.push(spawn('/bin/sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }));
  }
  const rate = async () => {
    const [awsMs, realMs] = [clock.now(), clock.realNow()];
    await new Promise<void>((resolve) => clock.afterReal(100, resolve));
    return (clock.now() - awsMs) / (clock.realNow() - realMs);
  };
  await until('less than half of the speed', async () => (await rate()) < 300);
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

linux('AWS time stops while a process of the rehearsal is stopped', async () => {
  const clock = clockAt(600);
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  children.push(child);
  const isStopped = async () => {
    const awsMs = clock.now();
    await new Promise((resolve) => setTimeout(resolve, 60));
    return clock.now() === awsMs;
  };
  await until('AWS time to run', async () => !(await isStopped()));
  child.kill('SIGSTOP');
  await until('AWS time to stop', isStopped);
  child.kill('SIGCONT');
  await until('AWS time to continue', async () => !(await isStopped()));
});

test.each([0, 601, NaN])('a speed of %d is refused', (speed) => {
  expect(() => new ScaledClock(speed)).toThrow(/^speed /);
});

test('a clock that nobody waits on keeps no process alive', async () => {
  const script = `require('tsx/cjs'); const { ScaledClock } = require(${JSON.stringify(join(__dirname, '../../../../rehearsal/core/clock'))});
    new ScaledClock(60).after(60_000, () => {}).cancel();`;
  const child = spawn(process.execPath, ['-e', script], { stdio: 'inherit' });
  children.push(child);
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0);
});

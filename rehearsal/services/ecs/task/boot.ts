import { connect } from 'node:net';
import { type Clock, sleepReal } from '../../../core/clock';

/** A process that listens on nothing for so long is taken to be like that. */
const BOOT_REAL_MS_MAX = 15_000;
const POLL_REAL_MS = 25;

/**
 * AWS time runs no faster than real time while a task's processes boot: until each of its ports on loopback is open, it
 * has ended, or it has had its time.
 */
export async function whileBooting(clock: Clock, ports: readonly number[], ended: AbortSignal): Promise<void> {
  const done = clock.compute();
  const limit = new AbortController();
  const timer = clock.afterReal(BOOT_REAL_MS_MAX, () => limit.abort());
  const over = AbortSignal.any([ended, limit.signal]);
  try {
    for (const port of ports) {
      while (!over.aborted && !(await isOpen(port))) await sleepReal(clock, POLL_REAL_MS, over);
    }
  } catch {
    // It is over.
  } finally {
    timer.cancel();
    done();
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const finish = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}

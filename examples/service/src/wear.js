// Faults that grow with use: what a service loses from request to request, or cannot do at the same time.
import { existsSync } from 'node:fs';
import process from 'node:process';

const MEBIBYTE = 1024 * 1024;

/** What every request except a health check does to the service before its response. */
export function createWear({ oneAtATime, leakMs, leakMb, memoryMb, brokenPost, downWhileFile }) {
  const leaked = [];
  let requests = 0;
  let turn = Promise.resolve();
  return {
    /** Milliseconds that this request takes longer. */
    delayMs() {
      requests += 1;
      if (leakMb > 0) leaked.push(Buffer.alloc(leakMb * MEBIBYTE, 1));
      // What the kernel does to a task over its memory: SIGKILL, exit code 137.
      if (leaked.length * leakMb > memoryMb) process.kill(process.pid, 'SIGKILL');
      return requests * leakMs;
    },
    /** Does the work, after what came before where only one request can be served at a time. */
    async serve(work) {
      if (!oneAtATime) return work();
      const served = turn.then(work);
      turn = served.then(
        () => undefined,
        () => undefined,
      );
      return served;
    },
    /** The reason for a 500 or 503 with its status, or undefined. */
    trouble(method) {
      if (brokenPost && method === 'POST') return { status: 500, error: 'cannot write' };
      if (downWhileFile !== undefined && existsSync(downWhileFile))
        return { status: 503, error: 'the database is down' };
      return undefined;
    },
  };
}

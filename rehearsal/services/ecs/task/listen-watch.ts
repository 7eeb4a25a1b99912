/** Checks now and then where a container's processes listen. */
import { readFileSync } from 'node:fs';
import { type Clock, sleepReal } from '../../../core/clock';
import { type Container, type ListeningProblem, listeningProblem, type MovedSocket } from './listening';
import { listeningSockets } from './sockets';

/** Real milliseconds from one check to the next, the last one again and again: most programs listen soon or never. */
const PAUSES_REAL_MS = [250, 250, 500, 500, 1_000, 1_000, 2_000, 5_000];
/** A program may open the port that matters a moment after another. */
const CHECKS_MIN = 3;

export interface ListenWatch {
  readonly clock: Clock;
  readonly container: Container;
  /** Id of the process group. */
  readonly group: number;
  /** Where preloads note what they moved: a line of JSON for each socket. */
  readonly file: string;
  readonly signal: AbortSignal;
}

/** Reports each new problem, until the signal. Never rejects. */
export async function watchListening(watch: ListenWatch, report: (problem: ListeningProblem) => void): Promise<void> {
  const { clock, container, group, file, signal } = watch;
  const reported = new Set<string>();
  let last: string | undefined;
  let times = 0;
  for (let check = 0; !signal.aborted; check++) {
    const pauseMs = PAUSES_REAL_MS[check] ?? PAUSES_REAL_MS.at(-1) ?? 0;
    const isOver = await sleepReal(clock, pauseMs, signal).then(
      () => false,
      () => true,
    );
    if (isOver) return;
    const problem = listeningProblem(container, await listeningSockets(group), movedSockets(file));
    times = problem?.text === last ? times + 1 : 1;
    last = problem?.text;
    if (!problem || reported.has(problem.text) || signal.aborted) continue;
    if (!problem.isExposed && times < CHECKS_MIN) continue;
    reported.add(problem.text);
    report(problem);
  }
}

function movedSockets(file: string): MovedSocket[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    // The last one may be half written.
    return lines.slice(0, -1).map((line) => JSON.parse(line) as MovedSocket);
  } catch {
    return [];
  }
}

import { setMaxListeners } from 'node:events';
import { type Path, pathText } from '../../common/path-text';
import type { AttemptResult, CheckResult, ExpectationFailure } from '../results';
import { withDefaults } from '../suite/defaults';
import { bindVariables } from '../suite/variables';
import { finish, type Graph, start } from '../suite/graph';
import type { SmokeCheck, Suite } from '../suite/model';
import { graphOf } from '../suite/references';
import { render } from '../suite/templates';
import type { Attempt, AttemptProblem, Run } from './attempt';
import { type CheckRun, runCheck } from './check';
import { createMask, type Mask } from './mask';
import { smokeClients } from './clients';
import { methodOf, urlText } from './request';
import type { CheckTarget } from './target';

const CONCURRENCY_DEFAULT = 8;
const VALUE_LENGTH_MAX = 2_000;

/** The result of a suite. */
export interface SuiteRun {
  /** `degraded` passes. */
  readonly outcome: 'passed' | 'degraded' | 'failed';
  /** In the order of the suite. */
  readonly checks: readonly CheckResult[];
}

/**
 * Runs a valid suite against a target. Checks that need no other start at once, `concurrency` at a time. An error of the
 * target is a failed check.
 * @throws Error if a variable has no value or is not declared
 */
export async function runSuite(suite: Suite, target: CheckTarget): Promise<SuiteRun> {
  const { values: variables, problems } = bindVariables(suite, target.variables ?? {});
  if (problems.length > 0) throw new Error(problems.join('; '));
  const checks = suite.checks.map((check) => withDefaults(check, suite));
  // Every request in flight listens to it. By default Node.js warns of a leak at eleven listeners.
  setMaxListeners(0, target.signal);
  const captured: Record<string, unknown> = {};
  const mask = createMask();
  const run: Run = {
    target,
    allowHosts: suite.allowHosts ?? [],
    values: () => ({ ...variables, ...captured }),
    secret: secretsOf(variables, target, mask),
    mask,
  };
  const results: CheckResult[] = [];
  const settle = (index: number, result: CheckResult) => {
    results[index] = mask.over(result);
    target.onResult?.(results[index], index);
  };
  const skipped = await inOrder(graphOf(checks), target.concurrency ?? CONCURRENCY_DEFAULT, async (index) => {
    const check = checks[index] as SmokeCheck;
    const url = mask.excerpt(urlText(check, run.values(), target), VALUE_LENGTH_MAX);
    const done = await runCheck(check, index, run);
    const result = resultOf(check, index, url, done, suite);
    if (passed(result)) Object.assign(captured, done.captured);
    settle(index, result);
    return passed(result);
  });
  for (const [index, need] of skipped) settle(index, skippedResult(suite, checks, index, need, target));
  const all = results.map((result) => mask.over(result));
  return { outcome: worst(all), checks: all };
}

/** The same for checks without a suite. */
export async function runChecks(checks: readonly SmokeCheck[], target: CheckTarget): Promise<readonly CheckResult[]> {
  return (await runSuite({ checks }, target)).checks;
}

/** Runs the checks that are ready, `limit` at a time, in the order of the suite. @returns the checks that never started, and what each waited for */
function inOrder(
  graph: Graph,
  limit: number,
  run: (index: number) => Promise<boolean>,
): Promise<ReadonlyMap<number, number>> {
  let progress = start(graph);
  const queue = [...progress.ready];
  let begun = 0;
  let running = 0;
  return new Promise((resolve, reject) => {
    const ended = (index: number, ok: boolean) => {
      progress = finish(graph, progress, index, ok);
      queue.push(...progress.ready);
      running -= 1;
      begin();
    };
    const begin = () => {
      while (begun < queue.length && running < limit) {
        const index = queue[begun] as number;
        begun += 1;
        running += 1;
        run(index).then((ok) => ended(index, ok), reject);
      }
      if (running === 0) resolve(progress.skipped);
    };
    begin();
  });
}

/** Each secret is read once per run, and all of its text is masked. */
function secretsOf(variables: Readonly<Record<string, string>>, target: CheckTarget, mask: Mask): Run['secret'] {
  const reads = new Map<string, Promise<string>>();
  const read = target.readSecret ?? smokeClients.readSecret;
  return (reference) => {
    const arn = render(reference, variables);
    const known = reads.get(arn);
    if (known) return known;
    const reading = read(arn, target.signal).then((text) => {
      mask.hide(text);
      return text;
    });
    reads.set(arn, reading);
    return reading;
  };
}

function passed({ outcome }: CheckResult): boolean {
  return outcome === 'passed' || outcome === 'degraded';
}

function worst(results: readonly CheckResult[]): SuiteRun['outcome'] {
  if (!results.every(passed)) return 'failed';
  return results.some(({ outcome }) => outcome === 'degraded') ? 'degraded' : 'passed';
}

function resultOf(check: SmokeCheck, index: number, url: string, done: CheckRun, suite: Suite): CheckResult {
  const failures = done.misses.map((miss) => failureOf(miss, index, suite));
  const outcome = failures.length === 0 ? 'passed' : failures.every(({ soft }) => soft) ? 'degraded' : 'failed';
  return {
    name: check.name,
    outcome,
    request: { method: methodOf(check), url },
    attempts: done.attempts,
    durationMs: Math.round(done.durationMs * 10) / 10,
    failures,
    place: placeOf(suite, ['checks', index]),
    tries: done.tries.map((each) => tryOf(each, index, suite)),
    ...(done.repeat && { repeat: done.repeat }),
  };
}

function tryOf({ status, timings, misses }: Attempt, index: number, suite: Suite): AttemptResult {
  const failures = misses.map((miss) => failureOf(miss, index, suite));
  return { ...(status !== undefined && { status }), timings, failures };
}

function failureOf(miss: AttemptProblem, index: number, suite: Suite): ExpectationFailure {
  const { expectation, expected, actual, soft, at } = miss;
  const place = placeOf(suite, ['checks', index, ...at]);
  return { expectation, expected, actual, ...(soft && { soft: true as const }), place };
}

/** `smoke.yaml:12:7`, the place of the value or of the map that has it; for a suite in code the path. */
function placeOf({ file, places }: Suite, path: Path): string {
  if (!places || file === undefined) return pathText(path);
  for (let length = path.length; length > 0; length--) {
    const at = places[pathText(path.slice(0, length))];
    if (at !== undefined) return `${file}:${at}`;
  }
  return file;
}

function skippedResult(
  suite: Suite,
  checks: readonly SmokeCheck[],
  index: number,
  need: number,
  target: CheckTarget,
): CheckResult {
  const check = checks[index] as SmokeCheck;
  const place = placeOf(suite, ['checks', index]);
  const expected = `"${checks[need]?.name}" passed first`;
  return {
    name: check.name,
    outcome: 'skipped',
    request: { method: methodOf(check), url: `${target.base.origin}${check.path}` },
    attempts: 0,
    durationMs: 0,
    failures: [{ expectation: 'needs', expected, actual: 'it did not', place }],
    place,
    tries: [],
  };
}

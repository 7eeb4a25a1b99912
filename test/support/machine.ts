import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A test of what needs a program that not every machine has. Where the machine lacks it, the test counts as skipped, and
 * its title, a line of the run and the figures at the end of `.ci/run` say what was not tested, why, and the remedy.
 * @param problem what this machine lacks, with the remedy; undefined where it lacks nothing
 */
export function whereThereIs(problem: string | undefined, title: string, body: () => Promise<void>): void {
  if (problem === undefined) return void test(title, body);
  const text = `NOT TESTED: ${title}: ${problem}`;
  const folder = join(__dirname, '../../coverage');
  mkdirSync(folder, { recursive: true });
  appendFileSync(join(folder, 'figures.txt'), `${text}\n`);
  process.stderr.write(`${text}\n`);
  test.skip(text, body); // only where the machine lacks a program: the title and .ci/run's figures say which, and the remedy
}

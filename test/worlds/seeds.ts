/** Runs the worlds of many seeds. */
import { writeFileSync } from 'node:fs';
import { callWorlds } from './calls';
import { followWorlds } from './clock';
import { type Counts, type Failure, failureOf } from './run';

export interface Seeds {
  readonly from: number;
  readonly count: number;
}

const STORY_LINES = 80;
/** To find the steps that a failure needs takes as long as dozens of worlds. */
const SHRUNK_MAX = 3;

/** `npm run worlds` names the seeds; otherwise `all` are run. */
export function seedsOf(all: Seeds): Seeds {
  const { GREENLIGHT_WORLD_SEED: from, GREENLIGHT_WORLD_SEEDS: count = '1' } = process.env;
  return from === undefined ? all : { from: Number(from), count: Number(count) };
}

/** Runs something in worlds: in their time, with their AWS, and without the lines that handlers write. */
export async function inWorlds<T>(work: () => Promise<T>): Promise<T> {
  process.env['AWS_REGION'] = 'us-east-1';
  followWorlds();
  callWorlds();
  const silent = [process.stdout, process.stderr].map((stream) => jest.spyOn(stream, 'write').mockReturnValue(true));
  try {
    return await work();
  } finally {
    for (const each of silent) each.mockRestore();
  }
}

export interface Outcome {
  /** How often what happened, in all worlds together. */
  readonly counts: Counts;
  /** Of each world that breaks: seed, steps and story. */
  readonly failures: readonly string[];
}

/** `npm run worlds` reads here which seeds break. */
export interface Summary {
  readonly failingSeeds: readonly number[];
}

export function runSeeds({ from, count }: Seeds): Promise<Outcome> {
  const counts: Counts = {};
  const add = (more: Counts) => {
    for (const [what, times] of Object.entries(more)) counts[what] = (counts[what] ?? 0) + times;
  };
  return inWorlds(async () => {
    const failures: Failure[] = [];
    for (let seed = from; seed < from + count; seed++) {
      const failure = await failureOf(seed, { count: add, shrinks: failures.length < SHRUNK_MAX });
      if (failure) failures.push(failure);
    }
    const summary: Summary = { failingSeeds: failures.map(({ seed }) => seed) };
    const { GREENLIGHT_WORLD_SUMMARY: file } = process.env;
    if (file) writeFileSync(file, JSON.stringify(summary));
    return { counts, failures: failures.map(textOf) };
  });
}

function textOf({ seed, steps, ran }: Failure): string {
  return [
    `seed ${seed}: ${ran.broken?.message}`,
    `replay it with npm run worlds -- --seed ${seed}; of its steps these are enough:`,
    ...steps.map(({ afterSeconds, event }) => `  after ${afterSeconds} s: ${JSON.stringify(event)}`),
    ...ran.story.slice(-STORY_LINES).map((line) => `  ${line}`),
  ].join('\n');
}

/** Runs the worlds of many seeds. */
import { callWorlds } from './calls';
import { followWorlds } from './clock';
import { type Counts, type Failure, failureOf } from './run';

export interface Seeds {
  readonly from: number;
  readonly count: number;
}

const STORY_LINES = 80;

/** `npm run worlds` names the seeds; otherwise `all` are run. */
export function seedsOf(all: Seeds): Seeds {
  const { GREENLIGHT_WORLD_SEED: from, GREENLIGHT_WORLD_SEEDS: count = '1' } = process.env;
  return from === undefined ? all : { from: Number(from), count: Number(count) };
}

/** Runs something in worlds: in their time, with their AWS, and without the lines that handlers write. */
export async function inWorlds<T>(work: () => Promise<T>): Promise<T> {
  process.env.AWS_REGION = 'us-east-1';
  followWorlds();
  callWorlds();
  const silent = [process.stdout, process.stderr].map((stream) => jest.spyOn(stream, 'write').mockReturnValue(true));
  try {
    return await work();
  } finally {
    for (const each of silent) each.mockRestore();
  }
}

/** @returns how often what happened, in all worlds together. @throws Error with seed, steps and story of the first that breaks */
export function runSeeds({ from, count }: Seeds): Promise<Counts> {
  const total: Counts = {};
  const add = (counts: Counts) => {
    for (const [what, times] of Object.entries(counts)) total[what] = (total[what] ?? 0) + times;
  };
  return inWorlds(async () => {
    for (let seed = from; seed < from + count; seed++) {
      const failure = await failureOf(seed, add);
      if (failure) throw new Error(textOf(failure));
    }
    return total;
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

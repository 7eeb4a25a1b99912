/**
 * Compares the local AWS with responses that were recorded on AWS: npm run recorded -- <folder of recordings>
 * docs/fidelity/recorded.md says which responses differ, and why.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { startLocalAws } from '../../rehearsal/local-aws';
import { type Account, accountOf, idOf, type Ran } from './account';
import { readListings } from './listed';
import { writePage } from './page';
import { readRecordings } from './recordings';
import { run } from './run';
import { NO_SEQUENCE, readSequences } from './sequences';

interface Options {
  readonly only?: string;
  readonly write?: true;
}

const DEFAULT_FOLDER = join(__dirname, '..', '..', '..', 'shared', 'aws-recorded');
/** Sequences mostly wait for state machines, so several at a time. */
const CONCURRENCY = 4;

async function main(): Promise<number> {
  const program = new Command('recorded')
    .description('Compares the local AWS with responses that were recorded on AWS.')
    .argument('[folder]', 'of the recordings', process.env.GREENLIGHT_RECORDINGS ?? DEFAULT_FOLDER)
    .option('--only <text>', 'only tests whose file and name contain the text')
    .option('--write', 'write docs/fidelity/recorded.md')
    .parse();
  const folder = resolve(program.processedArgs[0] as string);
  const { only = '', write } = program.opts<Options>();
  if (!existsSync(folder)) {
    console.log(`skipped: there is no folder of recordings at ${folder}`);
    return 0;
  }
  const account = await accountFor(folder, only);
  const differing = account.problems.filter((problem) => only === '' || problem.includes(only) || only === '');
  for (const problem of differing) console.log(problem);
  if (write) writePage(account);
  const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0);
  const listed = sum([...account.listed.values()].map(({ length }) => length));
  const open = account.notModelled.get(NO_SEQUENCE) ?? 0;
  const missing = sum(account.notModelled.values()) - open;
  const counts = `${account.equal} equal, ${listed} listed, ${missing} not modelled, ${open} without a sequence`;
  console.log(differing.length === 0 ? counts : `${counts}, ${differing.length} differences that are not listed`);
  return differing.length === 0 ? 0 : 1;
}

async function accountFor(folder: string, only: string): Promise<Account> {
  const all = readRecordings(folder);
  const recordings = new Map([...all].filter(([id]) => id.includes(only)));
  const waiting = readSequences().filter((sequence) => idOf(sequence).includes(only));
  const ran: Ran[] = [];
  const work = async () => {
    for (let sequence = waiting.shift(); sequence; sequence = waiting.shift()) {
      ran.push({ sequence, outcome: await run(sequence, recordings.get(idOf(sequence)) ?? new Map()) });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return accountOf(ran, { recordings, listings: readListings(), operations: await modelledOperations() });
}

async function modelledOperations(): Promise<ReadonlySet<string>> {
  const aws = await startLocalAws({ speed: 1 });
  const names = aws.world.services().flatMap(({ prefix, operations }) => {
    const callable = Object.entries(operations).filter(([, { isPermission }]) => !isPermission);
    return callable.map(([name]) => `${prefix} ${name}`);
  });
  await aws.stop();
  return new Set(names);
}

void main().then((code) => {
  process.exitCode = code;
});

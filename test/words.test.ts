import { join } from 'node:path';
import { VOCABULARY } from './words/vocabulary';
import { findings, textsOf } from './words/words';

/** Everything that people read says the same thing by the same word: pages, comments, messages, titles and names. */

test('no text has a word that the vocabulary replaces', () => {
  const texts = [...textsOf(join(__dirname, '..'))];
  expect(texts.length).toBeGreaterThan(900);
  expect(texts.flatMap(([path, text]) => findings(path, text))).toEqual([]);
});

describe('the rule itself', () => {
  test.each([
    ['// Users install permissive licences alone.', 'a.ts:1: "alone": write only, by itself instead'],
    ['ok\n/** Runs\n * anew. */', 'a.ts:3: "anew": write again instead'], // input of the rule's own test
    ['/** What is asked\n * for. */', 'a.ts:1: "asked * for": write requested instead'],
    ['const startTimeLimit = 1;', 'a.ts:1: "startTimeLimit": write timeout instead'],
    ['{ timeLimitMs: 5 }', 'a.ts:1: "timeLimit": write timeout instead'],
    ['MAX_TIME_LIMIT', 'a.ts:1: "TIME_LIMIT": write timeout instead'],
    ["throw new Error('Mistakes in the file')", 'a.ts:1: "Mistakes": write problem instead'],
    ['const candidateTasks = 1;', 'a.ts:1: "candidate": write green instead'],
    ['const greenCandidate = 1;', 'a.ts:1: "Candidate": write green instead'],
    ['one file a command', 'a.ts:1: "one file a command": write one file per command instead'],
    ['const judged = verdict();', 'a.ts:1: "const judged": write a noun (verdict, result) instead'],
  ])('%j is found', (text, finding) => {
    expect(findings('a.ts', text)).toEqual([finding]);
  });

  test.each([
    ['a standalone program'],
    ['look up the address, looks it up, lookups, is looked up'],
    ['CodeDeploy has terminationWaitTimeInMinutes and TERMINATION_WAIT'],
    ['standard, standby and understands'],
    ['one value a minute'],
    ['the mask is kept as seen'],
    ['semicircles, outlook, outlooks, Telltale'],
    ['a change, but a small one'],
  ])('%j is allowed', (text) => {
    expect(findings('a.ts', text)).toEqual([]);
  });

  test('each word is in the list once, and each exception has its reason', () => {
    const words = VOCABULARY.flatMap((word) => word.words);
    expect(new Set(words).size).toBe(words.length);
    const exceptions = VOCABULARY.flatMap(({ except = [] }) => except);
    expect(exceptions.length).toBeGreaterThan(3);
    expect(exceptions.filter(({ pattern, reason }) => !pattern.global || reason === '')).toEqual([]);
  });
});

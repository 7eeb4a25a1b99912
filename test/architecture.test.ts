import {
  crowded,
  cycles,
  importViolations,
  overlong,
  ROOMS,
  type Sources,
  sourcesOf,
  styleViolations,
} from './support/architecture';

/** Imports run one way, between folders and without a cycle: the table in docs/architecture.md. */

const tree: Sources = Object.assign({}, ...ROOMS.map(sourcesOf)) as Sources;

/** Folders outside the rooms whose files have the same limits. */
const MEASURED_TESTS = ['test', 'examples', 'bench'];

test('imports run one way', () => {
  expect(Object.keys(tree).length).toBeGreaterThan(400);
  expect(importViolations(tree)).toEqual([]);
});

test('no import leads back to where it began', () => {
  expect(cycles(tree)).toEqual([]);
});

test('no folder has over 20 files', () => {
  expect(crowded(tree, 20)).toEqual([]);
});

test('no file has over 300 lines and no function over 50', () => {
  const tests = Object.assign({}, ...MEASURED_TESTS.map(sourcesOf)) as Sources;
  expect(Object.keys(tests).length).toBeGreaterThan(150);
  expect(overlong({ ...tree, ...tests }, { linesMax: 300, functionLinesMax: 50 })).toEqual([]);
});

test('the library does not print, commands print only by Output, and services read their own clock', () => {
  expect(styleViolations(tree)).toEqual([]);
});

describe('the rules themselves', () => {
  test.each([
    ['lambda/gate/handler.ts', `import { Stack } from 'aws-cdk-lib'`],
    ['lambda/gate/handler.ts', `import { x } from '../../lib/x'`],
    ['lambda/gate/handler.ts', `export * from '../../rehearsal/core/x'`],
    ['lambda/release/handler.ts', `import { x } from '../gate/verdict'`],
    ['lambda/shared/x.ts', `import { x } from '../gate/verdict'`],
    ['smoke/suite/x.ts', `import type { X } from '../../lambda/gate/types'`],
    ['aws/x.ts', `import { x } from '../smoke/x'`],
    ['common/x.ts', `import { x } from '../aws/x'`],
    ['lib/x.ts', `import { x } from '../lambda/gate/handler'`],
    ['lib/x.ts', `import yaml from 'yaml'`],
    ['lib/x.ts', `const x = require('../rehearsal/core/x')`],
    ['lib/gate/x.ts', `type X = import('../../rehearsal/core/x').X`],
    ['rehearsal/core/x.ts', `import type { X } from '../services/iam/x'`],
    ['rehearsal/images/x.ts', `import { x } from '../../lib/x'`],
    ['rehearsal/runner/x.ts', `const x = await import('../../cli/x')`],
    ['rehearsal/services/ecs/x.ts', `import { createElb } from '../elasticloadbalancing'`],
    ['rehearsal/services/ecs/x.ts', `import { type A, b } from '../elasticloadbalancing/state'`],
    ['cli/x.ts', `import { x } from '../lib'`],
    ['bin/x.ts', `import { x } from '../rehearsal/runner'`],
    ['bin/x.ts', `import x = require('../lambda/gate/handler')`],
  ])('%s: %s is found', (path, source) => {
    expect(importViolations({ [path]: source })).toHaveLength(1);
  });

  test.each([
    [
      'lib/gate/x.ts',
      `import { x } from '../../lambda/gate/types'; import { Stack } from 'aws-cdk-lib/core'; import 'node:fs'`,
    ],
    ['lambda/release/x.ts', `import { x } from '../gate/types'; import { y } from '../shared/y'`],
    ['rehearsal/services/codedeploy/x.ts', `import { shiftSteps } from '../../../aws/traffic-schedule'`],
    [
      'rehearsal/services/ecs/x.ts',
      `import type { A } from '../elasticloadbalancing'; import { type B } from '../iam/state'`,
    ],
    ['rehearsal/local-aws/index.ts', `import { createEcs } from '../services/ecs'`],
    ['bin/x.ts', `import { x } from '../cli/x'; import { App } from 'aws-cdk-lib'; import { y } from '../lib'`],
  ])('%s: %s is allowed', (path, source) => {
    expect(importViolations({ [path]: source })).toEqual([]);
  });

  test('a cycle is found once, also one of types and one through an index', () => {
    const sources = {
      'lib/a.ts': `import type { B } from './b'`,
      'lib/b.ts': `export { c } from './c'`,
      'lib/c/index.ts': `import { a } from '../a'; import { d } from '../d'`,
      'lib/d.ts': `import { e } from './e'`,
      'lib/e.ts': '',
    };
    expect(cycles(sources)).toEqual(['lib/a.ts -> lib/b.ts -> lib/c/index.ts -> lib/a.ts']);
    expect(crowded(sources, 3)).toEqual(['lib has 4 files']);
  });

  test('a long file and a long function are found, a group of tests is not', () => {
    const body = '\n'.repeat(9);
    const sources = {
      'lib/a.ts': `function f() {${body}}`,
      'lib/b.ts': `const f = () => {${body}};`,
      'test/c.ts': `describe('x', () => {${body}}); describe.each([1])('y', () => {${body}});`,
    };
    expect(overlong(sources, { linesMax: 10, functionLinesMax: 9 })).toEqual([
      'lib/a.ts:1 is a function of 10 lines',
      'lib/b.ts:1 is a function of 10 lines',
      'test/c.ts has 18 lines',
    ]);
    expect(overlong(sources, { linesMax: 18, functionLinesMax: 10 })).toEqual([]);
  });

  test("what prints, and what reads the machine's clock, is found", () => {
    expect(styleViolations({ 'lib/x.ts': 'console.log(1)', 'rehearsal/services/ecs/x.ts': 'Date.now()' })).toHaveLength(
      2,
    );
    expect(styleViolations({ 'rehearsal/core/clock.ts': 'Date.now()', 'cli/x.ts': 'output.say(1)' })).toEqual([]);
    const direct = ['console.log(1)', 'process.stdout.write(text)', 'process.stderr.end(text)', 'writeSync(2, text)'];
    for (const source of direct) {
      expect(styleViolations({ 'cli/x.ts': source, 'rehearsal/runner/report/x.ts': source })).toHaveLength(2);
      expect(styleViolations({ 'rehearsal/preload/x.ts': source })).toEqual([]);
    }
  });
});

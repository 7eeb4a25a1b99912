import { select } from '../../../../rehearsal/runner/plan/plan';
import { parsePlan, readPlan } from '../../../../rehearsal/runner/plan/read';
import { problemsOf } from '../../../support/rehearsal/plan';
import { nonEmpty } from '../../../support/non-empty';

const good = `version: 1
stack: Greenlight
releases:
  - name: v1
    expect: created
  - name: v2
    context: { version: v2, environment: { A: b } }
    expect: succeeded
`;

test('a sound file is read with its defaults', () => {
  const plan = parsePlan(good, 'r.yaml');
  expect(plan.speed).toBe(60);
  expect(plan.traffic).toEqual({ rate: 5 });
  expect(plan.releases[1]?.context).toEqual({ version: 'v2', environment: { A: 'b' } });
});

test('the file that ships with the package is sound', () => {
  expect(readPlan('rehearsal.yaml').releases.map((release) => release.name)).toEqual(['v1', 'v2', 'v3', 'v4', 'v5']);
});

test.each([
  [
    'an unknown field',
    good.replace('stack:', 'stak:'),
    ['r.yaml:2:1: stak is "Greenlight": unknown field (did you mean stack?); use $schema, version'],
  ],
  ['a wrong outcome', good.replace('created', 'made'), ['r.yaml:5:13: releases[0].expect is "made"']],
  [
    'a name used twice',
    good.replace('name: v2', 'name: v1'),
    ['r.yaml:6:11: releases[1].name is "v1": release name "v1" is used twice'],
  ],
  ['a speed out of range', `${good}speed: 5000\n`, ['r.yaml:9:8: speed is 5000']],
  ['an unknown parameter', `${good}parameters: { alarmPoll: 1 }\n`, ['parameters']],
  ['broken YAML', 'version: [1', ['r.yaml:1:']],
  ['an empty file', '', ['r.yaml:1:1: the file']],
])('%s is reported with its place', (_what, text, expected) => {
  const problems = problemsOf(text).join('\n');
  for (const part of nonEmpty(expected)) expect(problems).toContain(part);
});

test('a missing file says so and what to do', () => {
  expect(() => readPlan('nowhere.yaml')).toThrow(
    'nowhere.yaml: there is no such file; `greenlight rehearse --init` writes one',
  );
});

test('selecting keeps the first release and refuses an unknown name', () => {
  const plan = parsePlan(good, 'r.yaml');
  expect(select(plan, ['v2']).releases.map((release) => release.name)).toEqual(['v1', 'v2']);
  expect(() => select(plan, ['v9'])).toThrow('release "v9" is not in the plan; it has v1, v2');
});

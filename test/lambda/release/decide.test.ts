import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Action,
  decide,
  type InFlight,
  type Observed,
  type ReleaseEvent,
  RULES,
  ruleFor,
} from '../../../lambda/release/decide';

const event: ReleaseEvent = {
  requestType: 'Update',
  taskDefinition: 'web:2',
  revision: 'rev2',
  initialRevision: 'rev0',
};
const flying = (revision: string, rest: Partial<InFlight> = {}): InFlight => ({
  deploymentId: 'd-1',
  revision,
  terminationWait: false,
  rollback: false,
  own: true,
  ...rest,
});
const quiet: Observed = {
  primary: { taskDefinition: 'web:1', deploymentId: 'd-0', revision: 'rev1' },
  rollbackDue: false,
  inFlight: [],
};
const green = { taskDefinition: 'web:2', deploymentId: 'd-1', revision: 'rev2' };
const during = (...inFlight: InFlight[]): Partial<Observed> => ({ inFlight, other: green });
/** What the service was created with, before any deployment. */
const first = { primary: { taskDefinition: 'web:1' } };
const bakes = { terminationWait: true };
const rollback = { rollback: true, own: false };
const remove = { requestType: 'Delete' } as const;
const back = { revision: 'rev1', taskDefinition: 'web:1' };

type Row = [rule: string, situation: string, Partial<ReleaseEvent>, Partial<Observed>, Partial<Action>];

const ROWS: readonly Row[] = [
  ['deleted', 'in peace', remove, {}, { kind: 'answer' }],
  [
    "deleted during somebody else's deployment",
    'in its shift',
    remove,
    during(flying('rev9', { own: false })),
    { kind: 'wait' },
  ],
  ['deleted during a release', 'in its shift', remove, during(flying('rev9')), { kind: 'undo', deploymentId: 'd-1' }],
  ['deleted while a deployment bakes', 'own', remove, during(flying('rev9', bakes)), { kind: 'end-bake' }],
  ['deleted while a rollback runs', 'in flight', remove, during(flying('rev9', rollback)), { kind: 'wait' }],
  ['deleted while a rollback runs', 'to come', remove, { rollbackDue: true, other: green }, { kind: 'wait' }],
  ['same revision in flight', 'in its shift', {}, during(flying('rev2')), { kind: 'adopt', deploymentId: 'd-1' }],
  ['same revision in flight', 'baking', {}, during(flying('rev2', bakes)), { kind: 'adopt' }],
  ['same revision in flight', "somebody else's", {}, during(flying('rev2', { own: false })), { kind: 'adopt' }],
  [
    'a rollback has put it back',
    'and removes the failed side',
    back,
    during(flying('rev2', { ...rollback, ...bakes })),
    { kind: 'answer' },
  ],
  ['a rollback runs', 'whatever is wanted', {}, during(flying('rev1', rollback)), { kind: 'wait' }],
  ['a rollback runs', 'although it names the wanted revision', {}, during(flying('rev2', rollback)), { kind: 'wait' }],
  [
    'back to what the one in flight replaces',
    'cancelled update',
    back,
    during(flying('rev2')),
    { kind: 'undo', deploymentId: 'd-1' },
  ],
  [
    'back to what the one in flight replaces',
    'rolled back by another resource during the bake',
    back,
    { inFlight: [flying('rev2', bakes)], primary: green, other: quiet.primary },
    { kind: 'undo' },
  ],
  [
    'back to what the one in flight replaces',
    'the first creation',
    { revision: 'rev0', taskDefinition: 'web:1' },
    { ...during(flying('rev2')), ...first },
    { kind: 'undo' },
  ],
  [
    "back to what somebody else's in flight replaces",
    'after a refusal',
    back,
    during(flying('rev9', { own: false })),
    { kind: 'answer' },
  ],
  ['another bakes', 'own', {}, during(flying('rev9', bakes)), { kind: 'end-bake', deploymentId: 'd-1' }],
  ['another bakes', 'a rollback', {}, during(flying('rev9', { ...rollback, ...bakes })), { kind: 'end-bake' }],
  ['another in flight', 'own', {}, during(flying('rev9')), { kind: 'refuse' }],
  ['another in flight', "somebody else's", {}, during(flying('rev9', { own: false })), { kind: 'refuse' }],
  ['a rollback is due', 'after a stop', {}, { rollbackDue: true, other: green }, { kind: 'wait' }],
  ['left split', 'something new', {}, { other: green }, { kind: 'create' }],
  ['left split', 'back to what was live', back, { other: green }, { kind: 'create' }],
  ['already live', 'the last release', back, {}, { kind: 'answer' }],
  [
    'already live',
    'the first creation',
    { requestType: 'Create', initialRevision: undefined, taskDefinition: 'web:1' },
    first,
    { kind: 'answer' },
  ],
  [
    'already live',
    "CloudFormation's rollback to the first creation",
    { revision: 'rev0', taskDefinition: 'web:1' },
    first,
    { kind: 'answer' },
  ],
  [
    'already live',
    'a revision that CodeDeploy does not name',
    { taskDefinition: 'web:1' },
    { primary: { taskDefinition: 'web:1', deploymentId: 'd-0' } },
    { kind: 'answer' },
  ],
  ['new', 'another task definition', {}, {}, { kind: 'create' }],
  ['new', 'the same task definition in another network', { taskDefinition: 'web:1' }, {}, { kind: 'create' }],
  ['new', 'the same after the first creation', { taskDefinition: 'web:1' }, first, { kind: 'create' }],
  ['new', 'there is no service yet', back, { primary: undefined }, { kind: 'create' }],
  [
    'new',
    'created beside a service that runs something else',
    { requestType: 'Create', initialRevision: undefined },
    first,
    { kind: 'create' },
  ],
];

test.each(ROWS)('%s: %s', (rule, _situation, changes, observed, action) => {
  const [it, seen] = [
    { ...event, ...changes },
    { ...quiet, ...observed },
  ];
  expect(ruleFor(it, seen).name).toBe(rule);
  expect(decide(it, seen)).toMatchObject(action);
});

test('each rule has a row here and one in docs/release.md', () => {
  const tested = new Set(ROWS.map(([rule]) => rule));
  expect(RULES.map(({ name }) => name).filter((name) => !tested.has(name))).toEqual([]);
  const page = readFileSync(join(__dirname, '../../../docs/release.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (?<name>[^|]+?) +\|/gm)].map((match) => match.groups?.name);
  expect(rows).toEqual(expect.arrayContaining(RULES.map(({ name }) => name)));
});

test('a refusal names the deployment and the way out', () => {
  expect(decide(event, { ...quiet, ...during(flying('rev9')) })).toMatchObject({
    reason: expect.stringMatching(/\(d-1\).*stop-deployment --deployment-id d-1/) as string,
  });
});

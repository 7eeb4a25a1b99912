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

/** CloudFormation asks for what the stack had before a failed update. */
const undoes = { stackRollsBack: true, previousRevision: 'rev2' };
/** What is live no more. */
const newer = { revision: 'rev5', taskDefinition: 'web:5' };
/** An update that changes nothing that ships. */
const settings = { previousRevision: 'rev2' };
const whole = { shipped: { complete: true, undone: false } };

type Row = [rule: string, situation: string, Partial<ReleaseEvent>, Partial<Observed>, Partial<Action>];

const ROWS: readonly Row[] = [
  ['deleted', 'in peace', remove, {}, { kind: 'done' }],
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
    { kind: 'done' },
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
    'the stack rolls back during its release',
    'to what an alarm rolled back in its bake',
    { ...undoes, ...newer },
    during(flying('rev2')),
    { kind: 'undo', deploymentId: 'd-1' },
  ],
  [
    'the stack rolls back during its release',
    'in the bake, as another resource failed',
    { ...undoes, ...newer },
    { inFlight: [flying('rev2', bakes)], primary: green, other: quiet.primary },
    { kind: 'undo' },
  ],
  [
    'the stack rolls back during another deployment',
    'to what it replaces, after it was refused',
    { ...undoes, ...back },
    during(flying('rev9', { own: false })),
    { kind: 'leave' },
  ],
  [
    'the stack rolls back during another deployment',
    'to what was rolled back before',
    { ...undoes, ...newer },
    during(flying('rev9', { own: false, ...bakes })),
    { kind: 'leave' },
  ],
  [
    'the stack rolls back during another deployment',
    "CodeDeploy's own rollback, which removes the failed side",
    { ...undoes, ...newer },
    during(flying('rev2', { ...rollback, ...bakes })),
    { kind: 'leave' },
  ],
  [
    'nothing new during another deployment',
    'an alarm has another threshold',
    { ...settings, ...back, previousRevision: 'rev1' },
    { ...during(flying('rev9', { own: false })), ...whole },
    { kind: 'leave' },
  ],
  ['another bakes', 'own', {}, during(flying('rev9', bakes)), { kind: 'end-bake', deploymentId: 'd-1' }],
  ['another bakes', 'a rollback', {}, during(flying('rev9', { ...rollback, ...bakes })), { kind: 'end-bake' }],
  ['another in flight', 'own', {}, during(flying('rev9')), { kind: 'refuse' }],
  ['another in flight', "somebody else's", {}, during(flying('rev9', { own: false })), { kind: 'refuse' }],
  ['a rollback is due', 'after a stop', {}, { rollbackDue: true, other: green }, { kind: 'wait' }],
  [
    'the stack rolls back to what is not known good',
    'an alarm rolled it back in its bake',
    { ...undoes, ...newer },
    { shipped: { complete: true, undone: true } },
    { kind: 'leave' },
  ],
  [
    'the stack rolls back to what is not known good',
    'its release failed before all traffic was on it',
    { ...undoes, ...newer },
    { shipped: { complete: false, undone: false } },
    { kind: 'leave' },
  ],
  [
    'the stack rolls back to what is not known good',
    'CodeDeploy has no deployment of it, and the service was not created with it',
    { ...undoes, ...newer },
    {},
    { kind: 'leave' },
  ],
  [
    'the stack rolls back to what is not known good',
    'with break-glass, and traffic is left split',
    { ...undoes, ...newer, breakGlass: true },
    { other: green, shipped: { complete: true, undone: true } },
    { kind: 'leave' },
  ],
  [
    'nothing new, and what the stack has was rolled back',
    'break-glass ends',
    settings,
    { shipped: { complete: true, undone: true } },
    { kind: 'leave' },
  ],
  [
    'left split',
    'the stack rolls back to what is known good',
    { ...undoes, ...back },
    { other: green, ...whole },
    { kind: 'create' },
  ],
  ['left split', 'something new', {}, { other: green }, { kind: 'create' }],
  ['left split', 'back to what was live', back, { other: green }, { kind: 'create' }],
  ['already live', 'the last release', back, {}, { kind: 'done' }],
  [
    'already live',
    'the first creation',
    { requestType: 'Create', initialRevision: undefined, taskDefinition: 'web:1' },
    first,
    { kind: 'done' },
  ],
  [
    'already live',
    "CloudFormation's rollback to the first creation",
    { revision: 'rev0', taskDefinition: 'web:1' },
    first,
    { kind: 'done' },
  ],
  [
    'already live',
    'a revision that CodeDeploy does not name',
    { taskDefinition: 'web:1' },
    { primary: { taskDefinition: 'web:1', deploymentId: 'd-0' } },
    { kind: 'done' },
  ],
  [
    'the stack rolls back what did not go live',
    "another tool's version was live, and is",
    { ...undoes, revision: 'rev2', previousRevision: 'rev9' },
    whole,
    { kind: 'leave' },
  ],
  ['nothing new, and something else is live', 'another tool has deployed', settings, whole, { kind: 'leave' }],
  [
    'nothing new, and something else is live',
    'another tool has deployed since the first creation',
    { ...settings, revision: 'rev0', previousRevision: 'rev0' },
    {},
    { kind: 'leave' },
  ],
  ['new', 'what the stack has, with break-glass', { ...settings, breakGlass: true }, whole, { kind: 'create' }],
  [
    'new',
    'what the stack has, as its release failed before all traffic was on it',
    settings,
    { shipped: { complete: false, undone: true } },
    { kind: 'create' },
  ],
  [
    'new',
    'the stack rolls back its own release, which was over',
    { ...undoes, ...back, previousRevision: 'rev2' },
    { primary: green, ...whole },
    { kind: 'create' },
  ],
  ['new', 'another task definition', {}, {}, { kind: 'create' }],
  ['new', 'the same task definition in another network', { taskDefinition: 'web:1' }, {}, { kind: 'create' }],
  ['new', 'the same after the first creation', { taskDefinition: 'web:1' }, first, { kind: 'create' }],
  ['new', 'there is no service yet', back, { primary: undefined }, { kind: 'create' }],
  [
    'new',
    'created next to a service that runs something else',
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

test('the reason of a refused release names the deployment and what to do', () => {
  expect(decide(event, { ...quiet, ...during(flying('rev9')) })).toMatchObject({
    reason: expect.stringMatching(/\(d-1\).*stop-deployment --deployment-id d-1/) as string,
  });
});

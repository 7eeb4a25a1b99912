import { findingsOf } from '../../../cli/release/findings';
import type { ReleaseStatus, ServiceStatus } from '../../../cli/release/status-types';
import { quiet } from './support';

const release: ReleaseStatus = {
  id: 'd-1',
  engine: 'codedeploy',
  status: 'InProgress',
  rollsBack: false,
  bakes: false,
  waitsForApproval: false,
};
const firing = [{ name: 'Web-5xx', state: 'ALARM', since: '2026-01-01T10:02:00.000Z', reason: '60 > 5' }];
const [live] = quiet.sides;

const kinds = (more: Partial<ServiceStatus>) => findingsOf({ ...quiet, ...more }).map(({ kind }) => kind);
const first = (more: Partial<ServiceStatus>) => findingsOf({ ...quiet, ...more })[0];

test('nothing is found on a quiet service, also during a release', () => {
  expect(kinds({})).toEqual([]);
  expect(kinds({ release })).toEqual([]);
});

test.each<[string, Partial<ServiceStatus>, string, RegExp]>([
  ['no release', {}, 'alarm "Web-5xx" fires since 2026-01-01 10:02:00Z: 60 > 5', /release d-LAST00000 is the cause/],
  ['a release', { release }, 'alarm "Web-5xx" fires', /greenlight abort Shop-Web$/],
  ['a rollback', { release: { ...release, rollsBack: true } }, 'alarm "Web-5xx" fires', /^wait: /],
])('a firing alarm with %s says what to do', (_, more, what, remedy) => {
  const found = first({ ...more, alarms: firing });
  expect(found).toMatchObject({ kind: 'wrong', what: expect.stringContaining(what) as string });
  expect(found?.remedy).toMatch(remedy);
});

test('an alarm without data is no finding, one that does not exist is', () => {
  expect(kinds({ alarms: [{ name: 'a', state: 'INSUFFICIENT_DATA' }] })).toEqual([]);
  expect(kinds({ alarms: [{ name: 'a', state: 'MISSING' }] })).toEqual(['wrong']);
});

test('a live side with too few healthy tasks is wrong, the other side is not', () => {
  const sick = { ...live!, healthyTargets: 1 };
  expect(first({ sides: [sick] })).toMatchObject({ what: 'the live side has 1/2 tasks healthy (2 running)' });
  expect(kinds({ sides: [live!, { ...sick, live: false }] })).toEqual([]);
  expect(kinds({ sides: [{ ...live!, live: false, trafficPercent: 0 }] })).toEqual(['wrong']);
});

test('a release that waits names both commands and what follows', () => {
  const waits = { ...release, waitsForApproval: true, endsAt: '2026-01-01T11:00:00.000Z', then: 'it is rolled back' };
  expect(first({ release: waits })).toEqual({
    kind: 'waiting',
    what: 'release d-1 waits for approval; at 2026-01-01 11:00:00Z it is rolled back',
    remedy: 'continue it: greenlight approve Shop-Web; or stop it: greenlight abort Shop-Web',
  });
});

test('traffic on both sides is wrong only without a release', () => {
  const forwards = [
    { targetGroup: 'Shop-a', percent: 90 },
    { targetGroup: 'Shop-b', percent: 10 },
  ];
  const routes = [{ rule: 'Shop:443 default', forwards }];
  expect(kinds({ routes })).toEqual(['wrong']);
  expect(kinds({ routes, release })).toEqual([]);
});

test('a last release that failed is a note with its reason', () => {
  expect(first({ lastRelease: { id: 'd-2', outcome: 'rolled back', reason: 'an alarm' } })).toMatchObject({
    kind: 'note',
    what: 'the last release, d-2, was not released: an alarm',
  });
});

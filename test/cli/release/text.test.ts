import type { ServiceStatus } from '../../../cli/release/status-types';
import { statusLines } from '../../../cli/release/text';
import { quiet } from './support';

const now = Date.parse('2026-01-01T10:10:00.000Z');

function textOf(status: ServiceStatus, nowMs = now): string[] {
  return statusLines(status, nowMs).map((line) =>
    line.map((part) => (typeof part === 'string' ? part : part.text)).join(''),
  );
}

test('a quiet service is six lines', () => {
  expect(textOf(quiet)).toEqual([
    'Shop-Web (cluster Shop, eu-west-1, CodeDeploy)',
    'live      Shop-a web:7 (you/web:1.4.0), 100 % of traffic, 2/2 tasks healthy',
    'traffic   Shop:443 default: Shop-a 100 %, Shop-b 0 %',
    'release   none in progress',
    'alarms    1 of 1 OK',
    'last      d-LAST00000 succeeded at 2026-01-01 10:00:00Z',
  ]);
});

test('a release that waits says since when, until when and what to do', () => {
  const release = {
    id: 'd-1',
    engine: 'codedeploy' as const,
    status: 'Ready',
    stage: 'Approval',
    stageSince: '2026-01-01T10:06:00.000Z',
    endsAt: '2026-01-01T10:21:00.000Z',
    then: 'the release is rolled back',
    rollsBack: false,
    bakes: false,
    waitsForApproval: true,
  };
  const findings = [{ kind: 'waiting' as const, what: 'it waits', remedy: 'approve it' }];
  const lines = textOf({ ...quiet, release, findings });
  expect(lines).toContain(
    'release   d-1 Ready: Approval for 4 min (since 2026-01-01 10:06:00Z); in 11 min (at 2026-01-01 10:21:00Z) the release is rolled back',
  );
  expect(lines.slice(-2)).toEqual(['waiting   it waits', '  do      approve it']);
});

test('alarms that are not OK are named, and a clock that runs ahead shows only the moment', () => {
  const alarms = [
    { name: 'a', state: 'OK' },
    { name: 'b', state: 'ALARM', since: '2026-01-01T12:00:00.000Z' },
  ];
  expect(textOf({ ...quiet, alarms })).toEqual(
    expect.arrayContaining(['alarms    1 of 2 OK', '          ALARM b since 2026-01-01 12:00:00Z']),
  );
});

test('text from AWS stays in its line and is bounded', () => {
  const findings = [{ kind: 'wrong' as const, what: `a\nlive      fake\u001b[2J${'x'.repeat(900)}`, remedy: 'b' }];
  const lines = textOf({ ...quiet, findings });
  expect(lines).toHaveLength(8);
  expect(lines[6]).toMatch(/^wrong {5}a live {6}fake\\u001b\[2Jx+…$/);
  expect(lines[6]?.length).toBeLessThan(420);
});

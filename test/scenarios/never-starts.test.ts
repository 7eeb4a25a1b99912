import { projectOf } from '../support/app';
import { reportOf, runCli } from '../support/cli';

/** What the sample service writes before it exits with 1. */
const OWN_ERROR = 'cannot start: FAULT_LATENCY_MS="soon": expected a whole number';

const file = `version: 1
stack: Greenlight
releases:
  - name: first
    context: { version: first, environment: { FAULT_LATENCY_MS: soon } }
    expect: { outcome: rolled-back, reason: 'cannot start: FAULT_LATENCY_MS', minutes: 20 }
  - { name: v1, context: { version: v1 }, expect: created }
  - name: v2
    context: { version: v2, environment: { FAULT_LATENCY_MS: soon } }
    expect: { outcome: rolled-back, reason: 'cannot start: FAULT_LATENCY_MS', minutes: 20, lost: 0, failed: 0, exposed: 0 }
`;

test('a service that never starts, at first or as green, ends within minutes with the error that its task wrote', async () => {
  const cwd = projectOf('bin/app.ts', file);
  const end = await runCli(['rehearse', '--json'], { cwd });
  if (end.exitCode !== 0) throw new Error(`${end.stdout}\n${end.stderr}`);
  const { releases, faults } = reportOf(end);
  const [first, created, green] = releases;

  expect(first).toMatchObject({ outcome: 'rolled-back', stackStatus: 'ROLLBACK_COMPLETE' });
  expect(first?.reason).toMatch(/^service \S+ does not start: 3 tasks failed; task [0-9a-f]{8} stopped: /);
  expect(first?.reason).toContain(OWN_ERROR);

  expect(created?.outcome).toBe('created');

  expect(green).toMatchObject({ outcome: 'rolled-back', stackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
  expect(green?.reason).toContain(OWN_ERROR);
  expect(green?.requests).toMatchObject({ lost: 0, failed: 0, exposed: { total: 0 } });
  expect(green?.requests.total).toBeGreaterThan(0);
  expect(faults).toEqual([]);
}, 420_000);

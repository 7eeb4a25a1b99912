import fc from 'fast-check';
import {
  type Health,
  type ProbeOutcome,
  afterProbe,
  matchesStatus,
  registered,
} from '../../../../../rehearsal/services/elasticloadbalancing/health/health';

const bad: ProbeOutcome = { ok: false, reason: 'Target.Timeout', description: 'Request timed out' };
const outcomes = fc.array(fc.boolean(), { maxLength: 60 });
const thresholds = fc.record({ healthy: fc.integer({ min: 2, max: 10 }), unhealthy: fc.integer({ min: 2, max: 10 }) });

function run(oks: readonly boolean[], limits: { healthy: number; unhealthy: number }): Health {
  return oks.reduce<Health>((health, ok) => afterProbe(health, ok ? { ok: true } : bad, limits), registered);
}

/** The rule written another way: each step reads the whole history. */
function expected(oks: readonly boolean[], limits: { healthy: number; unhealthy: number }): string {
  let state = 'initial';
  let since = 0;
  oks.forEach((_, index) => {
    const recent = (count: number) => (index + 1 - since >= count ? oks.slice(index + 1 - count, index + 1) : []);
    const all = (count: number, value: boolean) =>
      recent(count).length === count && recent(count).every((ok) => ok === value);
    if (state === 'initial' && oks[index]) [state, since] = ['healthy', index + 1];
    else if (state === 'unhealthy' && all(limits.healthy, true)) [state, since] = ['healthy', index + 1];
    else if (state !== 'unhealthy' && all(limits.unhealthy, false)) [state, since] = ['unhealthy', index + 1];
  });
  return state;
}

test('health follows only the consecutive outcomes', () => {
  fc.assert(fc.property(outcomes, thresholds, (oks, limits) => run(oks, limits).state === expected(oks, limits)));
});

test('a reason is given exactly when a target is not healthy', () => {
  fc.assert(
    fc.property(outcomes, thresholds, (oks, limits) => {
      const health = run(oks, limits);
      return (health.state === 'healthy') === (health.reason === undefined);
    }),
  );
});

test.each([
  ['200', 200, true],
  ['200,204', 204, true],
  ['200-299', 250, true],
  ['200-299', 301, false],
])('matcher %s and status %d: %s', (matcher, status, matches) => {
  expect(matchesStatus(matcher, status)).toBe(matches);
});

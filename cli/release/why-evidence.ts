import type { Verdict, VerdictRule } from '../../lambda/gate/types';

const BREAK_GLASS = 'if this release is the fix, pass it with break-glass (docs/release.md)';

/** What to do about a gate that stopped a release. */
const REMEDIES: Readonly<Record<VerdictRule, string>> = {
  'all-passed': 'nothing',
  'break-glass': 'nothing',
  'preflight-refused': 'make the live side healthy before the next release',
  'identity-failed': 'check that the test listener leads to the new version, and its version header',
  'check-failed': 'fix what the check found, or the suite if it expects too much; then deploy again',
  'custom-check-failed': 'fix what the custom check found; then deploy again',
  'comparison-worse': 'find out what makes the new version fail more often or slower; then deploy again',
  'comparison-differs': 'check the differences; if they are meant, allow them in the suite (docs/comparison.md)',
  'comparison-without-data': 'give the suite requests that can be compared (docs/comparison.md)',
  'alarm-active': `deploy again when the alarm is quiet; ${BREAK_GLASS}`,
  'alarm-without-data': 'make the metric of the alarm report, or let an alarm without data pass',
  'alarms-unreadable': 'let the role of the gate describe the alarms',
  timeout: 'raise `gate.timeout`, or make the suite faster',
  'internal-error': 'check the log of the gate',
};

/** What to do when no gate decided. */
export const OTHER_REMEDY = `fix the cause and deploy again; of an alarm: when it is quiet. If this release is the fix, ${BREAK_GLASS}`;

/** Unknown rules are those of a newer gate. */
export function remedyOf(verdict: Partial<Pick<Verdict, 'rule'>> | undefined): string {
  return (REMEDIES as Readonly<Record<string, string>>)[verdict?.rule ?? ''] ?? OTHER_REMEDY;
}

/** What the gate saw, one line each: only what did not pass. A verdict from a log may lack any of its parts. Pure. */
export function evidenceLines(verdict: Partial<Verdict>): string[] {
  const { checks = [], customChecks = [], alarms = [], preflight = [], comparison, identity } = verdict;
  return [
    ...preflight.filter(({ outcome }) => outcome === 'failed').map(({ name, message }) => `${name}: ${message}`),
    ...(identity?.outcome === 'failed' ? [`identity: ${identity.reason ?? 'not proven'}`] : []),
    ...checks
      .filter(({ outcome }) => outcome === 'failed' || outcome === 'degraded')
      .flatMap(({ name, outcome, failures, place }) =>
        failures.map(
          ({ expectation, expected, actual, place: at = place }) =>
            `check "${name}" ${outcome}: ${expectation} was ${actual}, expected ${expected}${at === undefined ? '' : ` (${at})`}`,
        ),
      ),
    ...customChecks
      .filter(({ outcome }) => outcome !== 'passed')
      .map(({ name, outcome, message }) => `custom check "${name}" ${outcome}: ${message}`),
    ...(comparison ? [`comparison: ${comparison.sentence}`] : []),
    ...alarms
      .filter(({ outcome }) => outcome === 'failed')
      .map(({ name, state, reason }) => `alarm "${name}" ${state}${reason === undefined ? '' : `: ${reason}`}`),
  ];
}

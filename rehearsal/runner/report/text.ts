import type { RehearsalEvent } from '../../core/events';
import { columns } from './columns';
import type { RehearsalReport, ReleaseReport, ServiceReport } from './document';
import { oneLine } from './printable';

/** `+00:04:10` */
export function awsTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const part = (value: number) => String(value).padStart(2, '0');
  return `+${part(Math.floor(seconds / 3600))}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}`;
}

/** One line of live progress. */
export function progressLine(event: RehearsalEvent, beganMs: number): string {
  return `${awsTime(event.atMs - beganMs)}  ${event.source.padEnd(15)} ${oneLine(event.detail)}`;
}

function outcomeCell({ outcome, expected, violations }: ReleaseReport): string {
  if (violations.some(({ assertion }) => assertion === 'outcome')) return `${outcome} (expected ${expected})`;
  return violations.length > 0 ? `${outcome} (not as expected)` : outcome;
}

const figures: readonly { readonly title: string; readonly value: (release: ReleaseReport) => string }[] = [
  { title: 'release', value: (r) => r.name },
  { title: 'outcome', value: outcomeCell },
  { title: 'deployment', value: (r) => r.deploymentId ?? '-' },
  { title: 'AWS time', value: (r) => awsTime(r.awsSeconds * 1000).slice(1) },
  { title: 'blue', value: (r) => String(r.requests.bySide.blue.ok + r.requests.bySide.blue.failed) },
  { title: 'green', value: (r) => String(r.requests.bySide.green.ok + r.requests.bySide.green.failed) },
  { title: 'exposed', value: (r) => String(r.requests.exposed.total) },
  { title: 'failed', value: (r) => String(r.requests.failed) },
  { title: 'lost', value: (r) => String(r.requests.lost) },
  { title: 'stack', value: (r) => r.stackStatus },
];

/** The table and the reasons that end a rehearsal. */
export function summary(report: RehearsalReport): string {
  const table = columns(
    figures.map(({ title }) => title),
    report.releases.map((release) => figures.map(({ value }) => value(release))),
  );
  const lines = [...table, '', ...perService(report), ...reasons(report), ...footnotes(report), ...verdict(report)];
  return lines.map(oneLine).join('\n');
}

/** The services of a release one by one, where there are several. */
function perService(report: RehearsalReport): string[] {
  const lines = report.releases
    .filter(({ services }) => services.length > 1)
    .flatMap(({ name, services }) => services.map((service) => `${name} ${serviceLine(service)}`));
  return lines.length > 0 ? [...lines, ''] : [];
}

function serviceLine({ name, outcome, deploymentId, requests }: ServiceReport): string {
  const { total, exposed, failed, lost } = requests;
  const deployment = deploymentId === null ? '' : `, ${deploymentId}`;
  return `${name}: ${outcome}${deployment}; ${total} requests, ${exposed.total} exposed, ${failed} failed, ${lost} lost`;
}

function reasons(report: RehearsalReport): string[] {
  const lines = report.releases.filter((r) => r.reason).map((r) => `${r.name}: ${r.reason}`);
  return lines.length > 0 ? [...lines, ''] : [];
}

/** Below this share of the wanted speed the report says so. */
const SPEED_SHARE_MIN = 0.5;

function footnotes(report: RehearsalReport): string[] {
  const lines: string[] = [];
  if (report.faults.length > 0) {
    const faults = report.faults.map(({ release, message }) => `  ${release}: ${message}`);
    lines.push('Faults of the rehearsal itself, which is why it ends with code 3:', ...faults, '');
  }
  const { wanted, achieved } = report.speed;
  if (achieved < wanted * SPEED_SHARE_MIN) {
    lines.push(
      `AWS time ran ${achieved} times as fast as real time instead of ${wanted}: the machine was busy, so the clock waited for it.`,
      '',
    );
  }
  if (report.deniedCalls.length > 0) {
    const shown = new Set(
      report.deniedCalls.map(
        (d) =>
          `${d.release}: ${d.principal} may not ${d.action} on ${d.resource}${d.allowed ? ' (allowed by the file)' : ''}`,
      ),
    );
    lines.push('Denied by IAM:', ...[...shown].map((line) => `  ${line}`), '');
  }
  if (report.inertResources.length > 0) {
    const list = report.inertResources.map((item) => `${item.type} (${item.count})`).join(', ');
    lines.push(`Created without behaviour here: ${list}`, '');
  }
  return [...lines, ...notModelledLines(report)];
}

/** How many properties have no behaviour here, and each one that decides a release. */
function notModelledLines({ notModelled }: RehearsalReport): string[] {
  const properties = notModelled.filter(({ property }) => property !== '*');
  if (properties.length === 0) return [];
  const types = new Set(properties.map(({ type }) => type)).size;
  const decisive = properties.filter(({ decides }) => decides);
  const shown = decisive.map(({ logicalId, type, property, effect, allowed }) => {
    return `  ${logicalId} ${type}.${property}: ${effect}${allowed ? ' (allowed by the file)' : ''}`;
  });
  const count = `Properties without effect here: ${properties.length} of ${types} types (listed with --json)`;
  return [decisive.length > 0 ? `${count}; these decide how a release goes:` : count, ...shown, ''];
}

/** In a word: every release as expected, or each way in which one was not. */
function verdict(report: RehearsalReport): string[] {
  const wrong = report.releases.filter((r) => !r.asExpected);
  if (wrong.length === 0) return [`All ${report.releases.length} releases ended as expected.`];
  return ['Not as expected:', ...wrong.flatMap(verdictLines)];
}

function verdictLines({ name, violations, overload }: ReleaseReport): string[] {
  const lines = violations.map(
    ({ assertion, value, expected }) => `  ${name}: ${assertion} ${value}, expected ${expected}`,
  );
  // What is lost under such a load is no fault of the release, so it comes before what went wrong.
  return overload === '' ? lines : [`  ${name}: no verdict on the release is possible: ${overload}`, ...lines];
}

/** Events of single resources, requests and polls are for `--verbose`. */
const progress = new Set([
  'cdk deploy',
  'cloudformation stack-status',
  'cloudformation resource-failed',
  'sns delivered',
  'sns not-delivered',
  'codedeploy deployment',
  'codedeploy lifecycle',
  'codedeploy weights',
  'codedeploy rollback',
  'cloudwatch alarm-state',
  'ecr build-step',
  'ecs task-stopped',
  'ecs exposed',
  'ecs unreachable',
  'gate verdict',
  'iam denied',
  'lambda sdk-missing',
  'aws fault',
  'traffic lost',
  'traffic unserved',
  'rehearsal waiting',
  'rehearsal alarms',
  'cdk synthesis',
]);

export function isProgress(event: RehearsalEvent): boolean {
  return progress.has(`${event.source} ${event.event}`);
}

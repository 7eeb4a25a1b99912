import type { Finding, FinishedRelease, ReleaseStatus, ServiceStatus, SideStatus } from './status-types';
import { momentText } from './times';

type Observed = Omit<ServiceStatus, 'findings'>;

/** What is wrong or waits for a person, and what to do. The most urgent first. Pure. */
export function findingsOf(status: Observed): Finding[] {
  const { release } = status;
  return [
    ...alarmFindings(status),
    ...sideFindings(status),
    ...(release ? releaseFindings(release, status.service) : splitFindings(status)),
    ...(release ? [] : lastFindings(status.service, status.lastRelease)),
  ];
}

function alarmFindings({ service, alarms, release, lastRelease }: Observed): Finding[] {
  const remedy = !release
    ? `check the logs of the live side; if release ${lastRelease?.id ?? 'before it'} is the cause, deploy the version before it; a release waits until the alarm is quiet`
    : release.rollsBack
      ? 'wait: traffic is going back to the old version'
      : `stop the release with a rollback: greenlight abort ${service}`;
  return alarms.flatMap(({ name, state, since, reason }): Finding[] => {
    if (state === 'ALARM') {
      const at = since === undefined ? '' : ` since ${momentText(since)}`;
      return [{ kind: 'wrong', what: `alarm "${name}" fires${at}: ${reason ?? 'no reason given'}`, remedy }];
    }
    if (state !== 'MISSING') return [];
    return [{ kind: 'wrong', what: `alarm "${name}" does not exist`, remedy: 'deploy the stack again, or remove it' }];
  });
}

function sideFindings({ sides, engine, release }: Observed): Finding[] {
  const [first] = sides;
  if (engine !== 'rolling' && !sides.some(({ live }) => live) && first?.targetGroup !== undefined) {
    const what = 'no side gets production traffic';
    return [{ kind: 'wrong', what, remedy: 'check the listener and its rules, then deploy again' }];
  }
  return sides
    .filter(({ live }) => live)
    .flatMap((side): Finding[] => {
      if (isHealthy(side)) return [];
      const what = `the live side has ${tasksText(side)}`;
      const remedy = release
        ? `${release.bakes || release.rollsBack ? 'check' : 'stop the release if its version is the cause, and check'} the stopped tasks and their logs`
        : 'check the stopped tasks and their logs';
      return [{ kind: 'wrong', what, remedy }];
    });
}

function isHealthy({ runningTasks, desiredTasks, healthyTargets = runningTasks }: SideStatus): boolean {
  return Math.min(runningTasks, healthyTargets) >= desiredTasks;
}

/** `2/2 tasks healthy`, `1/2 tasks healthy (2 running)` */
export function tasksText({ runningTasks, desiredTasks, healthyTargets }: SideStatus): string {
  if (healthyTargets === undefined) return `${runningTasks}/${desiredTasks} tasks running`;
  const running = runningTasks === healthyTargets ? '' : ` (${runningTasks} running)`;
  return `${healthyTargets}/${desiredTasks} tasks healthy${running}`;
}

function releaseFindings(release: ReleaseStatus, service: string): Finding[] {
  if (release.rollsBack)
    return [{ kind: 'wrong', what: `release ${release.id} is being rolled back`, remedy: 'wait until it has ended' }];
  if (!release.waitsForApproval) return [];
  const end = release.endsAt === undefined ? '' : `; at ${momentText(release.endsAt)} ${release.then ?? 'it ends'}`;
  const remedy = `continue it: greenlight approve ${service}; or stop it: greenlight abort ${service}`;
  return [{ kind: 'waiting', what: `release ${release.id} waits for approval${end}`, remedy }];
}

/** Somebody stopped a deployment without a rollback. */
function splitFindings({ routes }: Observed): Finding[] {
  const split = routes.find(({ forwards }) => forwards.filter(({ percent }) => percent > 0).length > 1);
  if (!split) return [];
  const what = `${split.rule} splits production traffic, and no release is in progress`;
  return [{ kind: 'wrong', what, remedy: 'deploy again: a release puts all traffic on one side' }];
}

function lastFindings(service: string, last: FinishedRelease | undefined): Finding[] {
  if (!last || last.outcome === 'succeeded') return [];
  const what = `the last release, ${last.id}, was not released: ${last.reason ?? 'the engine gives no reason'}`;
  return [{ kind: 'note', what, remedy: `greenlight why ${service} says what decided, and what to do` }];
}

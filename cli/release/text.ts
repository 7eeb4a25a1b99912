import { shorten } from '../../common/text';
import { oneLine } from '../../rehearsal/runner/report/printable';
import type { Part, Style } from '../output';
import { tasksText } from './findings';
import type { AlarmStatus, Finding, ReleaseStatus, ServiceStatus, SideStatus } from './status-types';
import { momentText, sinceText, untilText } from './times';

/** A line for people. */
export type Line = readonly Part[];

const ENGINES = { codedeploy: 'CodeDeploy', ecs: 'ECS blue/green', rolling: 'ECS rolling' } as const;
const LABEL_WIDTH = 10;
/** Characters of a reason or name from AWS that one line has. */
const TEXT_MAX = 400;

const label = (text: string, style: Style = 'dim'): Part => ({ text: text.padEnd(LABEL_WIDTH), style });
/** Text from AWS stays in its line. */
export const fromAws = (text: string, lengthMax = TEXT_MAX) => shorten(oneLine(text), lengthMax);

/** What `greenlight status` prints of a service. Pure. */
export function statusLines(status: ServiceStatus, nowMs: number): Line[] {
  const { service, cluster, region, engine, sides, routes, release, lastRelease, alarms, findings } = status;
  const place = ` (cluster ${fromAws(cluster)}, ${region}, ${ENGINES[engine]})`;
  return [
    [{ text: fromAws(service), style: 'bold' }, place],
    ...sides.map((side) => sideLine(side, engine === 'rolling')),
    ...routes.map(({ rule, forwards }): Line => {
      const shares = forwards.map(({ targetGroup, percent }) => `${targetGroup} ${percent} %`).join(', ');
      return [label('traffic'), `${fromAws(rule)}: ${fromAws(shares)}`];
    }),
    [label('release'), release ? releaseText(release, nowMs) : 'none in progress'],
    ...alarmLines(alarms, nowMs),
    ...(lastRelease
      ? [
          [
            label('last'),
            `${lastRelease.id} ${lastRelease.outcome}`,
            lastRelease.endedAt === undefined ? '' : ` at ${momentText(lastRelease.endedAt)}`,
          ],
        ]
      : []),
    ...findings.flatMap(findingLines),
  ];
}

function sideLine(side: SideStatus, rolling: boolean): Line {
  const { live, targetGroup = '', taskDefinition = '', image, trafficPercent } = side;
  const version = `${taskDefinition}${image === undefined ? '' : ` (${image})`}`;
  const traffic = rolling ? '' : `, ${trafficPercent} % of traffic`;
  return [
    label(live ? 'live' : 'not live', live ? 'good' : 'dim'),
    fromAws([targetGroup, version].filter(Boolean).join(' ')),
    traffic,
    `, ${tasksText(side)}`,
  ];
}

/** `d-A1B2C3D4E InProgress: AllowTraffic for 2 min (since 2026-01-01 14:03:07Z)` */
export function releaseText(release: ReleaseStatus, nowMs: number): string {
  const { id, status, stage, stageSince, startedAt, endsAt, then } = release;
  const at = stage === undefined ? '' : `: ${stage} ${sinceText(stageSince, nowMs)}`.trimEnd();
  const begun = startedAt === undefined ? '' : `, started at ${momentText(startedAt)}`;
  const end = endsAt === undefined ? '' : `; ${untilText(endsAt, nowMs)} ${then ?? 'it ends'}`;
  return `${id} ${status}${at}${begun}${end}`;
}

function alarmLines(alarms: readonly AlarmStatus[], nowMs: number): Line[] {
  if (alarms.length === 0) return [[label('alarms'), 'none']];
  const quiet = alarms.filter(({ state }) => state === 'OK').length;
  const rest = alarms.filter(({ state }) => state !== 'OK');
  return [
    [label('alarms'), `${quiet} of ${alarms.length} OK`],
    ...rest.map(({ name, state, since }): Line => {
      const style: Style = state === 'INSUFFICIENT_DATA' ? 'dim' : 'bad';
      return [label(''), { text: state, style }, ` ${fromAws(name)} ${sinceText(since, nowMs)}`.trimEnd()];
    }),
  ];
}

function findingLines({ kind, what, remedy }: Finding): Line[] {
  const styles = { wrong: 'bad', waiting: 'warning', note: 'dim' } as const;
  return [
    [label(kind, styles[kind]), fromAws(what)],
    [label('  do'), fromAws(remedy)],
  ];
}

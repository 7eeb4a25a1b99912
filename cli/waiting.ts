import type { RehearsalEvent } from '../rehearsal/events';

/** What a rehearsal waits for, from the events so far. Pure. */
export function waitingFor(events: readonly RehearsalEvent[], releases: readonly string[], nowMs: number): string {
  const at = events.findLastIndex(({ source, event }) => source === 'cdk' && event === 'deploy');
  const begun = events.filter(({ source, event }) => source === 'cdk' && event === 'deploy').length;
  const ofRelease = at < 0 ? [] : events.slice(at);
  const named = ofRelease[0]?.data.release;
  const release = typeof named === 'string' ? named : (releases[begun] ?? '');
  const next = releases[begun];
  const last = ofRelease.findLast((event) => MILESTONES[`${event.source} ${event.event}`] !== undefined);
  if (!last) return `the CDK app of ${next ?? release} is being synthesized`;
  const what = MILESTONES[`${last.source} ${last.event}`]?.(last) ?? '';
  return `${release}: ${what} for ${duration(nowMs - last.atMs)} of AWS time`;
}

type Milestone = (event: RehearsalEvent) => string;

const MILESTONES: Readonly<Record<string, Milestone | undefined>> = {
  'cdk deploy': () => '`cdk deploy` has been preparing assets',
  'ecr image-built': () => '`cdk deploy` has been publishing assets',
  'cloudformation stack-status': ({ detail }) => `stack ${detail.replace(/:[\s\S]*$/, '')}`,
  'codedeploy deployment': ({ data }) => `deployment ${String(data.deploymentId)} ${String(data.status)}`,
  'codedeploy lifecycle': ({ data }) => `${String(data.event)} ${String(data.status)}`,
  'codedeploy weights': ({ data }) => `${String(data.route)} traffic ${String(data.greenPercent)} % on green`,
  'cloudwatch alarm-state': ({ detail }) => `alarm ${detail}`,
};

/** `40 s`, `2 min 5 s` */
function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  if (minutes === 0) return `${rest} s`;
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}

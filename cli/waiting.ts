import type { RehearsalEvent } from '../rehearsal/core/events';

export interface Progress {
  readonly events: readonly RehearsalEvent[];
  /** The names of the releases, in order. */
  readonly releases: readonly string[];
  /** How many of them have ended. */
  readonly ended: number;
}

/** What a rehearsal waits for. Pure. */
export function waitingFor({ events, releases, ended }: Progress, nowMs: number): string {
  const at = events.findLastIndex(({ source, event }) => source === 'cdk' && event === 'deploy');
  const begun = events.filter(({ source, event }) => source === 'cdk' && event === 'deploy').length;
  const ofRelease = events.slice(Math.max(at, 0));
  if (begun <= ended) return beforeRelease(ofRelease, releases[ended], nowMs);
  const named = ofRelease[0]?.data.release;
  const release = typeof named === 'string' ? named : (releases[begun - 1] ?? '');
  const last = ofRelease.findLast((event) => MILESTONES[`${event.source} ${event.event}`] !== undefined);
  const what = last && MILESTONES[`${last.source} ${last.event}`]?.(last);
  return `${release}: ${what ?? ''} for ${duration(nowMs - (last?.atMs ?? nowMs))} of AWS time`;
}

/** What is waited for while no release runs. @param next the name of the next release */
function beforeRelease(events: readonly RehearsalEvent[], next: string | undefined, nowMs: number): string {
  if (next === undefined) return 'the report is being written';
  const waiting = events.findLast(({ source, event }) => source === 'rehearsal' && event === 'waiting');
  if (!waiting) return `the CDK app of ${next} is being synthesized`;
  return `${waiting.detail}, for ${duration(nowMs - waiting.atMs)} of AWS time`;
}

type Milestone = (event: RehearsalEvent) => string;

const MILESTONES: Readonly<Record<string, Milestone | undefined>> = {
  'cdk deploy': () => '`cdk deploy` has been preparing assets',
  'ecr image-built': () => '`cdk deploy` has been publishing assets',
  'cdk deployed': () => '`cdk deploy` has ended, and the bake of its deployments has been running',
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

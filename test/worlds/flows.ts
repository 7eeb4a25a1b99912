/** The flows that a service goes through, and in which of them a grant of its roles is missed. */
import { Invariants } from './invariants';
import { Hands } from './run';
import type { Sample } from './samples';
import type { Step } from './sequence';
import type { TemplateGrant } from './template';
import { World, type WorldOptions } from './world';

/** What happens after the stack is made. */
export interface Flow {
  readonly name: string;
  readonly steps: readonly Step[];
}

const release = (version: 'good' | 'broken' | 'crashes', afterSeconds = 60, breaks = false): Step => ({
  afterSeconds,
  event: { kind: 'release', version, breaks },
});
const alarm: Step = { afterSeconds: 100, event: { kind: 'alarm', index: 0 } };
const routes = (afterSeconds: number): Step => ({ afterSeconds, event: { kind: 'routes' } });
/** A release is past its shift. */
const BAKING = 330;

export const FLOWS: readonly Flow[] = [
  { name: 'the first deployment', steps: [] },
  { name: 'a good release', steps: [release('good')] },
  { name: 'a release that its suite stops', steps: [release('broken')] },
  { name: 'a release whose tasks do not start', steps: [release('crashes')] },
  { name: 'a release that an alarm stops', steps: [release('good'), alarm] },
  { name: 'an update that is cancelled', steps: [release('good'), { afterSeconds: 90, event: { kind: 'cancel' } }] },
  { name: 'an update of which another resource fails', steps: [release('good', 60, true)] },
  { name: 'a release during the bake of the one before', steps: [release('good'), release('good', BAKING)] },
  { name: 'a listener that changes', steps: [routes(60)] },
  { name: 'a listener that changes during a bake', steps: [release('good'), routes(BAKING)] },
];

async function runFlow({ steps }: Flow, options: WorldOptions): Promise<World> {
  const world = new World(1, options);
  const hands = new Hands(world, new Invariants(world));
  await world.create({ version: 'good-1' });
  for (const { afterSeconds, event } of steps) {
    await world.clock.advance(afterSeconds * 1_000);
    await hands.perform(event);
  }
  await world.rest();
  return world;
}

/** The actions that the roles of the stack call in a flow, each as `<role's logical id> <action>`. */
export async function callsOf(sample: Sample, flow: Flow): Promise<ReadonlySet<string>> {
  const world = await runFlow(flow, { sample });
  const calls = world
    .permissions()
    .flatMap(({ role, used }) =>
      used.flatMap(({ called }) => called.map((action) => `${logicalIdOf(role)} ${action}`)),
    );
  await world.stop();
  return new Set(calls);
}

/** `...:role/<stack>-<logical id>-<12 characters>`, the logical id cut to 24 characters. */
const logicalIdOf = (roleArn: string) => roleArn.split('/').at(-1)?.split('-')[1] ?? '';

/** Who says that a call is denied, the one that people read first. */
const SPEAKERS = ['cloudformation', 'codedeploy', 'ecs', 'states'] as const;

export interface Notice {
  readonly speaker: (typeof SPEAKERS)[number] | 'log';
  readonly sentence: string;
}

/** @returns where a denied call is noticed when the grant is removed from the template; undefined when none is denied */
export async function noticeOf(sample: Sample, flow: Flow, without: TemplateGrant): Promise<Notice | undefined> {
  const world = await runFlow(flow, { sample, without });
  const events = world.local.events.all();
  await world.stop();
  const at = events.findIndex(({ source, event }) => source === 'iam' && event === 'denied');
  const denied = events[at];
  if (!denied) return undefined;
  const later = events.slice(at);
  for (const speaker of SPEAKERS) {
    const message = later.find(({ source, detail }) => source === speaker && isOfDenial(detail, without.action));
    if (message) return { speaker, sentence: message.detail };
  }
  return { speaker: 'log', sentence: denied.detail };
}

/** AWS's own words, or the action in the words of Greenlight. */
function isOfDenial(detail: string, action: string): boolean {
  const [, operation = action] = action.split(':');
  return detail.includes(operation) || /not authorized|AccessDenied|denied|permission/i.test(detail);
}

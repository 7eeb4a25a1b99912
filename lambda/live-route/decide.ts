/** Which target group of a pair a listener must forward to, given what forwards, what runs and what is in flight: no I/O. */

import type { StoppableDeployment } from '../../aws/deployments';

export type Side = 'blue' | 'green';

export const SIDES: readonly Side[] = ['blue', 'green'];

/** What one default action or rule gives to each side: weights as the load balancer has them, 0 to 999. */
export type Weights = Readonly<Record<Side, number>>;

export interface Observed {
  /** Of the route's own action first, then of others that forward to the pair. Empty before anything forwards. */
  readonly forwards: readonly Weights[];
  /** Registered targets that are not draining. */
  readonly targets: Weights;
  /** Deployments that move the pair and have not ended. */
  readonly inFlight: readonly StoppableDeployment[];
  /** Whether the service goes from CodeDeploy to ECS, which does not know CodeDeploy's deployments. */
  readonly leavesCodeDeploy: boolean;
}

export type Decision =
  | { readonly kind: 'live'; readonly side: Side; readonly reason: string }
  | { readonly kind: 'refuse'; readonly reason: string };

interface Rule {
  readonly name: string;
  readonly when: (observed: Observed) => boolean;
  readonly then: (observed: Observed) => Decision;
}

const live = (side: Side, reason: string): Decision => ({ kind: 'live', side, reason });
const other = (side: Side): Side => (side === 'blue' ? 'green' : 'blue');

/** The side that gets all of an action's traffic; undefined when both get some, or none does. */
export function wholeSide(weights: Weights | undefined): Side | undefined {
  if (!weights || weights.blue > 0 === weights.green > 0) return undefined;
  return weights.blue > 0 ? 'blue' : 'green';
}

/** The route's own action decides, unless it gives nothing to either side. */
const forwardedTo = ({ forwards }: Observed) => forwards.map(wholeSide).find((side) => side !== undefined);
const isSplit = ({ blue, green }: Weights) => blue > 0 && green > 0;
const moving = ({ inFlight }: Observed) => inFlight.filter((deployment) => !deployment.terminationWait);
const abandoned = ({ targets }: Observed, side: Side) => targets[side] === 0 && targets[other(side)] > 0;

/** The first rule that holds decides; the last one always does. */
const RULES: readonly Rule[] = [
  {
    name: 'a deployment moves traffic, or is about to',
    when: (observed) => moving(observed).length > 0,
    then: (observed) => ({ kind: 'refuse', reason: inFlightSentence(observed) }),
  },
  {
    name: 'split with no deployment known',
    when: ({ forwards }) => forwards.some(isSplit),
    then: ({ forwards }) => ({ kind: 'refuse', reason: splitSentence(forwards.find(isSplit) as Weights) }),
  },
  {
    name: 'the engine changes while both sides have tasks',
    when: ({ leavesCodeDeploy, targets }) => leavesCodeDeploy && targets.blue > 0 && targets.green > 0,
    then: () => ({
      kind: 'refuse',
      reason:
        'the engine changes to ECS, and a deployment of CodeDeploy is not over: tasks are behind both target groups: deploy again ' +
        'when its bake has ended and one side has none',
    }),
  },
  {
    name: 'forwards to a side that has no tasks while the other has',
    // What a template without a live side leaves behind: fixed, not kept.
    when: (observed) => {
      const side = forwardedTo(observed);
      return side !== undefined && abandoned(observed, side);
    },
    then: (observed) => {
      const side = forwardedTo(observed) as Side;
      return live(other(side), `the tasks are behind ${other(side)}, and none is behind ${side}`);
    },
  },
  {
    name: 'one side has all traffic',
    when: (observed) => forwardedTo(observed) !== undefined,
    then: (observed) => {
      const side = forwardedTo(observed) as Side;
      return live(side, `production forwards to ${side}`);
    },
  },
  {
    name: 'nothing forwards yet, but tasks run',
    when: (observed) => abandoned(observed, 'blue') || abandoned(observed, 'green'),
    then: (observed) => {
      const side = abandoned(observed, 'blue') ? 'green' : 'blue';
      return live(side, `nothing forwards yet, and the tasks are behind ${side}`);
    },
  },
  {
    name: 'new',
    when: () => true,
    then: () => live('blue', 'nothing is live yet: the first tasks start behind blue'),
  },
];

/** Never a side while traffic is split or a deployment moves it. */
export function decide(observed: Observed): Decision {
  const rule = RULES.find((each) => each.when(observed)) as Rule;
  return rule.then(observed);
}

/**
 * The side to name when CloudFormation rolls back and must not be refused, or the stack would be stuck: the one with more
 * traffic. Both sides run until a deployment's bake ends, and the engine sets its weights again at each step.
 */
export function heavierSide(observed: Observed): Side {
  const decision = decide({
    ...observed,
    inFlight: [],
    leavesCodeDeploy: false,
    forwards: observed.forwards.filter((each) => !isSplit(each)),
  });
  const split = observed.forwards.find(isSplit);
  if (split) return split.green > split.blue ? 'green' : 'blue';
  return decision.kind === 'live' ? decision.side : 'blue';
}

function inFlightSentence(observed: Observed): string {
  const deployments = moving(observed);
  const ids = deployments.map(({ deploymentId }) => deploymentId).join(', ');
  const shares = observed.forwards[0] ? ` (now ${describe(observed.forwards[0])})` : '';
  const what = deployments.every(({ rollback }) => rollback)
    ? `deployment ${ids} is rolling back${shares}`
    : `deployment ${ids} is moving the traffic${shares}`;
  return (
    `${what}, and a change of the listener now would reset it: deploy again when it has ended, or stop it with ` +
    `"${deployments[0]?.stopCommand ?? ''}"`
  );
}

function splitSentence(weights: Weights): string {
  return (
    `traffic is split (${describe(weights)}), and a change of the listener now would reset it: ` +
    'deploy again when one side has all of it'
  );
}

function describe({ blue, green }: Weights): string {
  const total = blue + green || 1;
  const percent = (weight: number) => Math.round((weight / total) * 1000) / 10;
  return `blue ${percent(blue)} %, green ${percent(green)} %`;
}

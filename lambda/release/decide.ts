/** What to do about a custom-resource event, given what is live and in flight: a table, with no I/O. */
import type { InFlight as AnyInFlight } from '../../aws/deployments';

export interface ReleaseEvent {
  readonly requestType: 'Create' | 'Update' | 'Delete';
  readonly taskDefinition: string;
  /** SHA-256 of the AppSpec, hex: the revision's identity. */
  readonly revision: string;
  /** The revision that the service was created with, where it is known. */
  readonly initialRevision?: string;
  /** The revision that the resource had before this update. */
  readonly previousRevision?: string;
  /** CloudFormation undoes an update: it asks for what the stack had, whatever became of that in production. */
  readonly stackRollsBack?: boolean;
  /** Somebody asks for this release with a reason. */
  readonly breakGlass?: boolean;
}

export interface InFlight extends AnyInFlight {
  /** SHA-256 that CodeDeploy keeps of the revision. */
  readonly revision?: string;
  /** A release function of this service started it, not a person or another tool. */
  readonly own: boolean;
}

/** A task set of the service that is not being removed. */
export interface Side {
  readonly taskDefinition?: string;
  /** The deployment that made it; absent for the one that the service was created with. */
  readonly deploymentId?: string;
  /** What that deployment shipped, where CodeDeploy says. */
  readonly revision?: string;
}

/** How the newest deployment of a revision ended. */
export interface Shipped {
  /** All traffic was on it, and the last gate had passed. */
  readonly complete: boolean;
  /** It was rolled back since, or stopped and is not live any more. */
  readonly undone: boolean;
}

export interface Observed {
  /** The PRIMARY task set; undefined when there is no such service. */
  readonly primary?: Side;
  /** The other one: of the deployment in flight, or left over. */
  readonly other?: Side;
  /** The newest deployment ended a moment ago, and a rollback of it is to be expected. */
  readonly rollbackDue: boolean;
  /** Deployments of the group that have not ended: one at most, or one and its rollback. */
  readonly inFlight: readonly InFlight[];
  /** Of the revision that is wanted; absent when CodeDeploy has no deployment of it that has ended. */
  readonly shipped?: Shipped;
}

export type Action =
  /** Nothing to deploy: success at once. */
  | { readonly kind: 'done'; readonly reason: string }
  /** Something else is live, and stays so: success at once. */
  | { readonly kind: 'leave'; readonly reason: string }
  /** Failure at once. */
  | { readonly kind: 'refuse'; readonly reason: string }
  /** Follow this one. */
  | { readonly kind: 'adopt'; readonly deploymentId: string }
  | { readonly kind: 'create' }
  /** Something ends by itself soon: poll again. */
  | { readonly kind: 'wait' }
  /** All its traffic is moved: end its wait, then poll again. */
  | { readonly kind: 'end-bake'; readonly deploymentId: string }
  /** Stop it so that traffic returns to the old side, then poll again. */
  | { readonly kind: 'undo'; readonly deploymentId: string };

interface Rule {
  /** As docs/release.md lists it. */
  readonly name: string;
  readonly when: (event: ReleaseEvent, observed: Observed) => boolean;
  readonly then: (event: ReleaseEvent, observed: Observed) => Action;
}

const first = (observed: Observed) => observed.inFlight.find(({ rollback }) => !rollback) ?? observed.inFlight[0];
const idOf = (observed: Observed) => first(observed)?.deploymentId ?? '';
const isDelete = (event: ReleaseEvent) => event.requestType === 'Delete';
const rollsBack = (observed: Observed) => observed.inFlight.some(({ rollback }) => rollback);
const bakes = (observed: Observed) => first(observed)?.terminationWait === true;
const isOwn = (observed: Observed) => first(observed)?.own === true;
const flies = (observed: Observed) => observed.inFlight.length > 0;

/** Until the first deployment the service runs with what it was created with. */
function runsOn(side: Side | undefined, event: ReleaseEvent): boolean {
  if (!side) return false;
  const known = side.deploymentId === undefined ? event.initialRevision : side.revision;
  return known === undefined ? side.taskDefinition === event.taskDefinition : known === event.revision;
}

const isLive = (event: ReleaseEvent, { primary }: Observed) => runsOn(primary, event);

/** Whether the deployment in flight is to take the place of what is wanted. */
function isReplaced(event: ReleaseEvent, observed: Observed): boolean {
  const { primary, other } = observed;
  return [primary, other].some((side) => side?.deploymentId !== idOf(observed) && runsOn(side, event));
}

/** All traffic was on it, and nobody has taken it back since. */
function isKnownGood(event: ReleaseEvent, { shipped }: Observed): boolean {
  return shipped ? shipped.complete && !shipped.undone : isInitial(event);
}

const isInitial = (event: ReleaseEvent) => event.initialRevision === event.revision;
const isOnlyLive = (event: ReleaseEvent, observed: Observed) => !observed.other && isLive(event, observed);

/** An update of something else about the release, of a revision that was live in whole once. */
function isUnchanged(event: ReleaseEvent, { shipped }: Observed): boolean {
  const same = event.requestType === 'Update' && event.previousRevision === event.revision;
  return same && !event.breakGlass && !event.stackRollsBack && (shipped?.complete ?? isInitial(event));
}

/** The update that CloudFormation undoes is what production runs on. */
function isUndoneLive({ previousRevision }: ReleaseEvent, { primary }: Observed): boolean {
  return primary?.deploymentId !== undefined && primary.revision === previousRevision;
}

const wait: Rule['then'] = () => ({ kind: 'wait' });
const endBake: Rule['then'] = (_event, observed) => ({ kind: 'end-bake', deploymentId: idOf(observed) });
const undo: Rule['then'] = (_event, observed) => ({ kind: 'undo', deploymentId: idOf(observed) });
const live: Rule['then'] = (event) => ({
  kind: 'done',
  reason: `nothing to deploy: ${event.taskDefinition} is live`,
});

const RELEASE_AGAIN =
  'to release it again, change something that ships, as an environment variable, or use break-glass';

const leave =
  (why: string): Rule['then'] =>
  (event, observed) => ({
    kind: 'leave',
    reason: `nothing is deployed: ${why}; production stays on ${observed.primary?.taskDefinition ?? 'what is there'}, the stack names ${event.taskDefinition}`,
  });

/** The first rule that holds decides; the last one always does. */
export const RULES: readonly Rule[] = [
  {
    name: 'deleted while a deployment bakes',
    // Not stopped: it may be another release resource that just shipped it, when a resource is renamed.
    when: (event, observed) => isDelete(event) && bakes(observed),
    then: endBake,
  },
  {
    name: 'deleted while a rollback runs',
    when: (event, observed) => isDelete(event) && (rollsBack(observed) || (!flies(observed) && observed.rollbackDue)),
    then: wait,
  },
  {
    name: 'deleted during a release',
    when: (event, observed) => isDelete(event) && isOwn(observed),
    then: undo,
  },
  {
    name: "deleted during somebody else's deployment",
    // Not ours to stop; but service and deployment configuration cannot be deleted under it.
    when: (event, observed) => isDelete(event) && flies(observed),
    then: wait,
  },
  {
    name: 'deleted',
    when: isDelete,
    then: () => ({ kind: 'done', reason: 'nothing to deploy: the release is removed' }),
  },
  {
    name: 'same revision in flight',
    // CloudFormation's retried event comes here, and the second deploy after one that was cut off.
    when: (event, { inFlight }) => inFlight.some((it) => !it.rollback && it.revision === event.revision),
    then: (event, { inFlight }) => ({
      kind: 'adopt',
      deploymentId: inFlight.find((it) => !it.rollback && it.revision === event.revision)?.deploymentId ?? '',
    }),
  },
  {
    name: 'a rollback has put it back',
    // Its traffic has returned; what remains is to remove the failed side.
    when: (event, observed) => rollsBack(observed) && bakes(observed) && isLive(event, observed),
    then: live,
  },
  { name: 'a rollback runs', when: (_event, observed) => rollsBack(observed) && !bakes(observed), then: wait },
  {
    name: 'the stack rolls back during its release',
    // Whatever the stack had: what the deployment replaces is what was live.
    when: (event, observed) => event.stackRollsBack === true && isOwn(observed) && !rollsBack(observed),
    then: undo,
  },
  {
    name: 'back to what the one in flight replaces',
    // A release that took too long for CloudFormation, and whose stack is updated to what it had.
    when: (event, observed) => isOwn(observed) && !rollsBack(observed) && isReplaced(event, observed),
    then: undo,
  },
  {
    name: 'the stack rolls back during another deployment',
    // To refuse would leave the stack stuck in UPDATE_ROLLBACK_FAILED.
    when: (event, observed) => event.stackRollsBack === true && flies(observed),
    then: leave('the stack rolls back, and a deployment that it did not start is in flight'),
  },
  {
    name: 'nothing new during another deployment',
    when: (event, observed) => isUnchanged(event, observed) && flies(observed),
    then: leave('the update changes nothing that ships, and a deployment that it did not start is in flight'),
  },
  {
    name: 'another bakes',
    when: (_event, observed) => bakes(observed),
    then: endBake,
  },
  {
    name: 'another in flight',
    when: (_event, observed) => flies(observed),
    then: (_event, observed) => ({ kind: 'refuse', reason: anotherInFlight(observed.inFlight) }),
  },
  { name: 'a rollback is due', when: (_event, { rollbackDue }) => rollbackDue, then: wait },
  {
    name: 'the stack rolls back to what is not known good',
    // A bake ended in a rollback, so the stack names a version that production does not run on any more.
    when: (event, observed) =>
      event.stackRollsBack === true && !isOnlyLive(event, observed) && !isKnownGood(event, observed),
    then: leave('what the stack had was rolled back, or never released in whole'),
  },
  {
    name: 'nothing new, and what the stack has was rolled back',
    when: (event, observed) =>
      isUnchanged(event, observed) && !isOnlyLive(event, observed) && !isKnownGood(event, observed),
    then: leave(
      `what the stack has was rolled back after its release, and the update changes nothing that ships: ${RELEASE_AGAIN}`,
    ),
  },
  {
    name: 'left split',
    // A deployment ended without a rollback: whatever is wanted must be put on all traffic again.
    when: (_event, { other }) => other !== undefined,
    then: () => ({ kind: 'create' }),
  },
  {
    name: 'already live',
    // The first creation comes here, as the service was made with this task definition; and CloudFormation's
    // rollback after CodeDeploy's own put the old task set back.
    when: isLive,
    then: live,
  },
  {
    name: 'the stack rolls back what did not go live',
    // Somebody else's version was live before the update, and is live still.
    when: (event, observed) => event.stackRollsBack === true && !isUndoneLive(event, observed),
    then: leave('what is live was not released by the update that the stack rolls back'),
  },
  {
    name: 'nothing new, and something else is live',
    when: isUnchanged,
    then: leave(`something else was put live since, and the update changes nothing that ships: ${RELEASE_AGAIN}`),
  },
  { name: 'new', when: () => true, then: () => ({ kind: 'create' }) },
];

/** The rule for the situation; there is one for each. */
export function ruleFor(event: ReleaseEvent, observed: Observed): Rule {
  return RULES.find((each) => each.when(event, observed)) as Rule;
}

/** Never `create` on Delete, for what is live on all traffic, or while any deployment is in flight. */
export function decide(event: ReleaseEvent, observed: Observed): Action {
  return ruleFor(event, observed).then(event, observed);
}

function anotherInFlight(inFlight: readonly InFlight[]): string {
  const ids = inFlight.map((deployment) => deployment.deploymentId).join(', ');
  return (
    `another deployment of this group is in flight (${ids}), and CodeDeploy runs one at a time: deploy again when it ` +
    `has ended, or stop it with "aws deploy stop-deployment --deployment-id ${ids}"`
  );
}

/** What to do about a custom-resource event, given what is live and in flight: a table, with no I/O. */

export interface ReleaseEvent {
  readonly requestType: 'Create' | 'Update' | 'Delete';
  readonly taskDefinition: string;
  /** SHA-256 of the AppSpec, hex: the revision's identity. */
  readonly revision: string;
}

export interface InFlight {
  readonly deploymentId: string;
  /** SHA-256 that CodeDeploy keeps of the revision. */
  readonly revision?: string;
  /** All traffic is on its new task set, and it waits to remove the old one. */
  readonly terminationWait: boolean;
}

export interface Observed {
  /** Task definition ARN of the PRIMARY task set. */
  readonly liveTaskDefinition?: string;
  /** Deployments of the group that have not ended. */
  readonly inFlight: readonly InFlight[];
}

export type Action =
  /** Nothing to deploy: success at once. */
  | { readonly kind: 'answer'; readonly reason: string }
  /** Failure at once. */
  | { readonly kind: 'refuse'; readonly reason: string }
  | { readonly kind: 'adopt'; readonly deploymentId: string }
  | { readonly kind: 'create' };

interface Rule {
  readonly name: string;
  readonly when: (event: ReleaseEvent, observed: Observed) => boolean;
  readonly then: (event: ReleaseEvent, observed: Observed) => Action;
}

const sameRevision = (event: ReleaseEvent, observed: Observed): InFlight | undefined =>
  observed.inFlight.find((deployment) => deployment.revision === event.revision);

/** The first rule that holds decides; the last one always does. */
const RULES: readonly Rule[] = [
  {
    name: 'deleted',
    when: (event) => event.requestType === 'Delete',
    then: () => ({ kind: 'answer', reason: 'nothing to deploy: the release is removed with its service' }),
  },
  {
    name: 'first creation',
    // The service itself was just created with this task definition.
    when: (event) => event.requestType === 'Create',
    then: () => ({ kind: 'answer', reason: 'nothing to deploy: the service was created with this task definition' }),
  },
  {
    name: 'same revision in flight',
    // Before "live": after the shift the task set is PRIMARY while the last gate can still fail it. CloudFormation's
    // retried event comes here too.
    when: (event, observed) => sameRevision(event, observed) !== undefined,
    then: (event, observed) => ({ kind: 'adopt', deploymentId: sameRevision(event, observed)?.deploymentId ?? '' }),
  },
  {
    name: 'already live',
    // CloudFormation's rollback comes here after CodeDeploy's own put the old task set back.
    when: (event, observed) => observed.liveTaskDefinition === event.taskDefinition,
    then: (event) => ({ kind: 'answer', reason: `nothing to deploy: ${event.taskDefinition} is live` }),
  },
  {
    name: 'another in flight',
    when: (_event, observed) => observed.inFlight.length > 0,
    then: (_event, observed) => ({ kind: 'refuse', reason: anotherInFlight(observed.inFlight) }),
  },
  { name: 'new', when: () => true, then: () => ({ kind: 'create' }) },
];

/** Never `create` on Create or Delete, for what is live, or while any deployment is in flight. */
export function decide(event: ReleaseEvent, observed: Observed): Action {
  const rule = RULES.find((candidate) => candidate.when(event, observed)) as Rule;
  return rule.then(event, observed);
}

function anotherInFlight(inFlight: readonly InFlight[]): string {
  const ids = inFlight.map((deployment) => deployment.deploymentId).join(', ');
  const remedy = inFlight.every((deployment) => deployment.terminationWait)
    ? 'it keeps the old version until its bake time ends: deploy again then, or end it now with ' +
      '"aws deploy continue-deployment --deployment-wait-type TERMINATION_WAIT"'
    : 'deploy again when it has ended, or stop it with "aws deploy stop-deployment"';
  return `another deployment of this group is in flight (${ids}), and CodeDeploy runs one at a time: ${remedy}`;
}

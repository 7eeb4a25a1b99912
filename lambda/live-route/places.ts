import type { Place } from './types';

/** What the load balancer has now at a place that a listener or rule of the template is to have. */
export interface Occupied {
  readonly place: Place;
  /** ARN of the listener or rule that is there. */
  readonly occupant: string;
  /** ARN of the listener or rule that is to be there; undefined when it is not made yet. */
  readonly own?: string;
}

/**
 * CloudFormation changes and makes resources before it deletes others, and it changes them in no order that a template
 * could give for both an update and its rollback: a place that somebody else still has cannot be taken.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
 * @returns what is wrong and how to do it in two deployments; undefined when every place is free
 */
export function placeProblem(occupied: readonly Occupied[]): string | undefined {
  const sentences = occupied
    .filter(({ occupant, own }) => occupant !== own)
    .map(({ place, occupant }) => `${describePlace(place)} is taken by ${occupant}`);
  if (sentences.length === 0) return undefined;
  const [first] = occupied;
  const [what, which] =
    first?.place.Port === undefined
      ? ['priorities', 'priority and testPriority']
      : ['ports', 'productionPort and testPort'];
  return (
    `${sentences.join(', ')}, and one update cannot exchange them: deploy twice, first with ${what} that nothing uses ` +
    `(${which}), then with those that you want; no listener was changed`
  );
}

function describePlace({ LogicalId, Port, Priority }: Place): string {
  const place = Port === undefined ? `priority ${Priority ?? ''} of the listener` : `port ${Port} of the load balancer`;
  return `${place}, which ${LogicalId} is to have,`;
}

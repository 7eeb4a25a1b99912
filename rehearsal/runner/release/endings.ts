import { type Ending, ENDING_KIND, RELEASE_DESCRIPTION } from '../../../lambda/release/types';
import type { LocalAws } from '../../local-aws';
import type { Place } from '../../local-aws/worlds';
import type { DeploymentView } from './deployments';

/** By the deployment's id: why it ended, in the words of the release function. */
export type Endings = ReadonlyMap<string, string>;

/** The release function checks a bake every half minute, later every two, and waits a minute for a rollback. AWS time. */
const WAIT_MS = 300_000;
const POLL_MS = 5_000;

/** Waits for what the log says of releases that failed after `cdk deploy` had succeeded. */
export async function endingsOf(
  aws: LocalAws,
  deployments: readonly DeploymentView[],
  signal: AbortSignal,
): Promise<Endings> {
  const failed = deployments.filter(
    ({ error, rollback, description }) => error !== '' && !rollback && description.startsWith(RELEASE_DESCRIPTION),
  );
  const endMs = aws.clock.now() + WAIT_MS;
  for (;;) {
    const found = new Map(aws.places().flatMap(endingsIn));
    if (failed.every(({ id }) => found.has(id)) || aws.clock.now() > endMs) return found;
    await aws.clock.sleep(POLL_MS, signal);
  }
}

/** @returns deployment id and sentence of each */
function endingsIn({ services }: Place): readonly (readonly [string, string])[] {
  return [...services.logs.state.groups.values()]
    .flatMap((group) => [...group.streams.values()])
    .flatMap((stream) => stream.events)
    .filter(({ message }) => message.startsWith(`{"kind":"${ENDING_KIND}"`))
    .map(({ message }) => JSON.parse(message) as Ending)
    .map(({ deploymentId, sentence }) => [deploymentId, sentence] as const);
}

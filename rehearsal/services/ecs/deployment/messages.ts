/**
 * ECS's own sentences about service deployments, word for word where a page or an account shows them.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshooting-blue-green.html
 */
import type { Stage } from './stages';

const rolledBack = (why: string) => `Service deployment rolled back because ${why}`;

export const MESSAGES = {
  noRevision: 'No rollback candidate was found to run the rollback',
  circuitBreaker: rolledBack('the circuit breaker threshold was exceeded.'),
  network: (sentence: string) => rolledBack(`of invalid networking configuration: ${sentence}`),
  hookFailed: (stage: Stage, sentence: string) => rolledBack(`${stage} lifecycle hook(s) failed. ${sentence}`),
  pauseTimedOut: (stage: Stage) => rolledBack(`${stage} pause hook timed out.`),
  // What follows is assumed: no page has these.
  hookTimedOut: (stage: Stage) => rolledBack(`${stage} lifecycle hook(s) timed out.`),
  pauseRolledBack: (stage: Stage) => rolledBack(`a rollback was requested at the ${stage} pause hook.`),
  stageTimedOut: (stage: Stage) => rolledBack(`${stage} did not complete within 24 hours.`),
  deploymentTimedOut: rolledBack('it did not complete within 30 days.'),
  alarm: (names: readonly string[]) => rolledBack(`alarm detected: ${names.join(', ')}.`),
  stopped: rolledBack('the user requested it.'),
  aborted: 'Service deployment stopped because the user requested it.',
  superseded: 'Service deployment stopped because a newer service deployment started.',
} as const;

import { describeError } from '../../common/errors';
import type { HttpAnswer, HttpRequest } from '../../common/http';
import { sleep } from '../../common/retry';
import type { IdentityResult, LiveSides, VersionHeader } from './types';
import { groupName, mismatch, type Share, sharesOf } from './forwards';

const LOOK_EVERY_MS = 3_000;
const REQUEST_TIMEOUT_MS = 5_000;

/** What identity asks of the world. */
export interface IdentitySources {
  /** Names of the target groups by CodeDeploy's labels; undefined for a task set that is not there yet. */
  readonly taskSetGroups: (
    deploymentId: string,
    targetId: string,
    signal: AbortSignal,
  ) => Promise<{ readonly green?: string }>;
  readonly forwards: (listenerArn: string, signal: AbortSignal) => Promise<readonly Share[]>;
  readonly exchange: (request: HttpRequest) => Promise<HttpAnswer>;
}

export interface IdentityQuestion {
  readonly deploymentId: string;
  readonly sides?: LiveSides;
  /** The listener on which the candidate must answer. */
  readonly listenerArn: string;
  readonly version?: VersionHeader;
  /** One request a load balancer node; empty when no version header is asked for. */
  readonly requests: readonly HttpRequest[];
  /** How long to wait for the candidate, milliseconds. */
  readonly limitMs: number;
}

type Look = Pick<IdentityResult, 'candidate' | 'forwards' | 'version' | 'reason'>;

/**
 * Waits until the candidate, and it alone, answers on the listener under test. Two proofs: CodeDeploy names the target
 * group of its replacement task set and the listener forwards to no other of the pair; and, if asked for, every node of
 * the load balancer answers with the candidate's version in a header. Never throws.
 */
export async function identify(
  question: IdentityQuestion,
  sources: IdentitySources,
  signal: AbortSignal,
): Promise<IdentityResult> {
  const startMs = Date.now();
  const endMs = startMs + question.limitMs;
  for (let attempts = 1; ; attempts++) {
    const look = await lookOnce(question, sources, signal);
    const durationMs = Date.now() - startMs;
    if (!look.reason) return { outcome: 'passed', ...look, attempts, durationMs };
    const goesOn = Date.now() + LOOK_EVERY_MS <= endMs && (await paused(signal));
    if (!goesOn) return { outcome: 'failed', ...look, attempts, durationMs };
  }
}

async function lookOnce(question: IdentityQuestion, sources: IdentitySources, signal: AbortSignal): Promise<Look> {
  try {
    const routed = question.sides ? await lookAtListener(question, question.sides, sources, signal) : { forwards: [] };
    if (routed.reason || !question.version) return routed;
    return { ...routed, ...(await lookAtVersion(question, question.version, sources)) };
  } catch (error) {
    return { forwards: [], reason: `it could not be found out who answers: ${describeError(error)}` };
  }
}

async function lookAtListener(
  { deploymentId, listenerArn }: IdentityQuestion,
  { deploymentTargetId, targetGroupArns }: LiveSides,
  sources: IdentitySources,
  signal: AbortSignal,
): Promise<Look> {
  const [{ green: candidate }, all] = await Promise.all([
    sources.taskSetGroups(deploymentId, deploymentTargetId, signal),
    sources.forwards(listenerArn, signal),
  ]);
  const shares = sharesOf(targetGroupArns, all);
  const forwards = shares.map(({ targetGroupArn, weight }) => ({ targetGroup: groupName(targetGroupArn), weight }));
  if (!candidate) return { forwards, reason: `CodeDeploy names no target group of the candidate in ${deploymentId}` };
  return { candidate, forwards, reason: mismatch(candidate, shares) };
}

/** The first node that answers with anything else decides. */
async function lookAtVersion(
  { requests }: IdentityQuestion,
  { name, value }: VersionHeader,
  sources: IdentitySources,
): Promise<Pick<Look, 'version' | 'reason'>> {
  const answers = await Promise.all(
    requests.map(async (request) => (await sources.exchange({ ...request, timeoutMs: REQUEST_TIMEOUT_MS })).headers),
  );
  const header = name.toLowerCase();
  const actual = answers.map((headers) => headers[header] ?? '').find((it) => it !== value) ?? value;
  const version = { header: name, expected: value, actual };
  if (actual === value) return { version };
  const seen = actual === '' ? 'was missing' : `was "${actual}"`;
  return {
    version,
    reason: `another version answers on the listener under test: header ${name} ${seen}, expected "${value}"`,
  };
}

function paused(signal: AbortSignal): Promise<boolean> {
  return sleep(LOOK_EVERY_MS, signal).then(
    () => true,
    () => false,
  );
}

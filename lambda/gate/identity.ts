import {
  describeTraffic,
  groupsWithTraffic,
  type ListenerRule,
  targetGroupName,
  type WeightedGroup,
} from '../../aws/traffic';
import { describeError } from '../../common/errors';
import type { HttpAnswer, HttpRequest } from '../../common/http';
import { sleep } from '../../common/retry';
import type { GateRun } from './gate-run';
import { requestTo } from './target';
import type { IdentityResult, LiveSides, VersionHeader } from './types';

const LOOK_EVERY_MS = 3_000;
/** At most, and a quarter of the checks' time at most. */
const TIMEOUT_MS_MAX = 60_000;

/** What identity asks of the world. */
export interface IdentitySources {
  /** Name of green's target group; undefined before its task set is there. */
  readonly greenTargetGroup: (
    deploymentId: string,
    targetId: string,
    signal: AbortSignal,
  ) => Promise<string | undefined>;
  readonly listenerRules: (listenerArn: string, signal: AbortSignal) => Promise<readonly ListenerRule[]>;
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

/** Proves that green responds, where the sides are configured or a version is expected. */
export async function proveIdentity(run: GateRun): Promise<void> {
  const { settings, request, clients, signal, budget, addresses, evidence } = run;
  const { sides, versionHeader, lifecycleEvent, healthPath = '/' } = settings;
  if (!sides && !versionHeader) return;
  const production = lifecycleEvent === 'AfterAllowTraffic';
  const nodes = addresses.length === 0 ? [undefined] : addresses;
  const question = {
    deploymentId: request.deploymentId,
    sides,
    listenerArn: (production ? sides?.productionListenerArn : sides?.testListenerArn) ?? '',
    version: versionHeader,
    requests: nodes.map((address) => requestTo(settings, healthPath, address)),
    limitMs: Math.min(TIMEOUT_MS_MAX, budget.checksMs / 4),
  };
  evidence.identity = await identify(question, clients, signal);
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
  const [candidate, rules] = await Promise.all([
    sources.greenTargetGroup(deploymentId, deploymentTargetId, signal),
    sources.listenerRules(listenerArn, signal),
  ]);
  const shares = groupsWithTraffic(targetGroupArns, rules);
  const forwards = shares.map(({ targetGroupArn, weight }) => ({
    targetGroup: targetGroupName(targetGroupArn),
    weight,
  }));
  if (!candidate) return { forwards, reason: `CodeDeploy names no target group of the candidate in ${deploymentId}` };
  return { candidate, forwards, reason: mismatch(candidate, shares) };
}

/** @returns why it is not the candidate alone that the listener forwards to, or undefined */
function mismatch(candidate: string, shares: readonly WeightedGroup[]): string | undefined {
  if (shares.length === 0) return 'the listener under test forwards to neither side of the service';
  const others = shares.filter((share) => targetGroupName(share.targetGroupArn) !== candidate);
  if (others.length === 0) return undefined;
  const who = others.length === shares.length ? 'the live side answers' : 'both sides answer';
  return `${who} on the listener under test: it forwards to ${describeTraffic(shares)}, expected ${candidate} alone`;
}

/** The first node that answers with anything else decides. */
async function lookAtVersion(
  { requests }: IdentityQuestion,
  { name, value }: VersionHeader,
  sources: IdentitySources,
): Promise<Pick<Look, 'version' | 'reason'>> {
  const answers = await Promise.all(requests.map(async (request) => (await sources.exchange(request)).headers));
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

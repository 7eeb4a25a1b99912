import {
  describeTraffic,
  groupsWithTraffic,
  type ListenerRule,
  targetGroupName,
  type WeightedGroup,
} from '../../aws/traffic';
import { describeError } from '../../common/errors';
import type { HttpResponse, HttpRequest } from '../../common/http';
import { sleep } from '../../common/retry';
import { type GateRun, requestTo } from './gate-run';
import type { IdentityResult, LiveSides, VersionHeader } from './types';

const POLL_EVERY_MS = 3_000;
/** At most, and a quarter of the checks' time at most. */
const TIMEOUT_MS_MAX = 60_000;

/** What identity asks of the world. */
export interface IdentitySources {
  /** Name of green's target group; undefined before the engine has it. */
  readonly greenTargetGroup: (signal: AbortSignal) => Promise<string | undefined>;
  readonly listenerRules: (listenerArn: string, signal: AbortSignal) => Promise<readonly ListenerRule[]>;
  readonly exchange: (request: HttpRequest) => Promise<HttpResponse>;
}

export interface IdentityQuestion {
  readonly deploymentId: string;
  /** Name of the engine, for sentences. */
  readonly engine: string;
  readonly sides?: LiveSides;
  /** The listener on which green must respond. */
  readonly listenerArn: string;
  readonly version?: VersionHeader;
  /** One request a load balancer node; empty when no version header is expected. */
  readonly requests: readonly HttpRequest[];
  /** How long to wait for green, milliseconds. */
  readonly limitMs: number;
}

/** Proves that green responds, where the sides are configured or a version is expected. */
export async function proveIdentity(run: GateRun): Promise<void> {
  const { settings, request, engine, clients, signal, budget, addresses, evidence } = run;
  const { sides, versionHeader, lifecycleEvent, healthPath = '/' } = settings;
  if (!sides && !versionHeader) return;
  const production = lifecycleEvent === 'AfterAllowTraffic';
  const nodes = addresses.length === 0 ? [undefined] : addresses;
  const question = {
    deploymentId: request.deploymentId,
    engine: engine.name,
    sides,
    listenerArn: (production ? sides?.productionListenerArn : sides?.testListenerArn) ?? '',
    version: versionHeader,
    requests: nodes.map((address) => requestTo(settings, healthPath, address)),
    limitMs: Math.min(TIMEOUT_MS_MAX, budget.checksMs / 4),
  };
  const { greenTargetGroup } = engine;
  evidence.identity = await identify(question, { ...clients, greenTargetGroup }, signal);
}

type Reading = Pick<IdentityResult, 'green' | 'forwards' | 'version' | 'reason'>;

/**
 * Waits until green, and only green, responds on the listener under test. Two proofs: the engine names the target
 * group of what it ships and the listener forwards to no other of the pair; and, if a version is expected, every node of
 * the load balancer responds with green's version in a header. Never throws.
 */
export async function identify(
  question: IdentityQuestion,
  sources: IdentitySources,
  signal: AbortSignal,
): Promise<IdentityResult> {
  const startMs = Date.now();
  const endMs = startMs + question.limitMs;
  for (let attempts = 1; ; attempts++) {
    const reading = await readOnce(question, sources, signal);
    const durationMs = Date.now() - startMs;
    if (!reading.reason) return { outcome: 'passed', ...reading, attempts, durationMs };
    const isEarly = Date.now() + POLL_EVERY_MS <= endMs && (await paused(signal));
    if (!isEarly) return { outcome: 'failed', ...reading, attempts, durationMs };
  }
}

async function readOnce(question: IdentityQuestion, sources: IdentitySources, signal: AbortSignal): Promise<Reading> {
  try {
    const routed = question.sides ? await readListener(question, question.sides, sources, signal) : { forwards: [] };
    if (routed.reason || !question.version) return routed;
    return { ...routed, ...(await readVersion(question, question.version, sources)) };
  } catch (error) {
    return { forwards: [], reason: `it could not be found out which side responds: ${describeError(error)}` };
  }
}

async function readListener(
  { deploymentId, engine, listenerArn }: IdentityQuestion,
  { targetGroupArns }: LiveSides,
  sources: IdentitySources,
  signal: AbortSignal,
): Promise<Reading> {
  const [green, rules] = await Promise.all([
    sources.greenTargetGroup(signal),
    sources.listenerRules(listenerArn, signal),
  ]);
  const shares = groupsWithTraffic(targetGroupArns, rules);
  const forwards = shares.map(({ targetGroupArn, weight }) => ({
    targetGroup: targetGroupName(targetGroupArn),
    weight,
  }));
  if (!green) return { forwards, reason: `${engine} names no target group of green in ${deploymentId}` };
  return { green, forwards, reason: mismatch(green, shares) };
}

/** @returns why the listener does not forward to green only, or undefined */
function mismatch(green: string, shares: readonly WeightedGroup[]): string | undefined {
  if (shares.length === 0) return 'the listener under test forwards to neither side of the service';
  const others = shares.filter((share) => targetGroupName(share.targetGroupArn) !== green);
  if (others.length === 0) return undefined;
  const who = others.length === shares.length ? 'the live side responds' : 'both sides respond';
  return `${who} on the listener under test: it forwards to ${describeTraffic(shares)}, expected only ${green}`;
}

/** The first node with any other version decides. */
async function readVersion(
  { requests }: IdentityQuestion,
  { name, value }: VersionHeader,
  sources: IdentitySources,
): Promise<Pick<Reading, 'version' | 'reason'>> {
  const responses = await Promise.all(requests.map(async (request) => (await sources.exchange(request)).headers));
  const header = name.toLowerCase();
  const actual = responses.map((headers) => headers[header] ?? '').find((it) => it !== value) ?? value;
  const version = { header: name, expected: value, actual };
  if (actual === value) return { version };
  const problem = actual === '' ? 'was missing' : `was "${actual}"`;
  return {
    version,
    reason: `another version responds on the listener under test: header ${name} ${problem}, expected "${value}"`,
  };
}

function paused(signal: AbortSignal): Promise<boolean> {
  return sleep(POLL_EVERY_MS, signal).then(
    () => true,
    () => false,
  );
}

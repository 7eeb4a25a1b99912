import { describeError } from '../../common/errors';
import { whileIamSettles } from '../../aws/calls';
import {
  describeTraffic,
  groupsWithTraffic,
  type ListenerRule,
  targetGroupName,
  type WeightedGroup,
} from '../../aws/traffic';
import { describeExchange } from '../../common/http/problem';
import type { HttpResponse, HttpRequest } from '../../common/http';
import { sleep } from '../../common/retry';
import { codesOf } from '../../common/status-codes';
import { type GateRun, requestTo } from './gate-run';
import type { LiveSides, PreflightResult } from './types';

const ATTEMPTS = 3;
const PAUSE_MS = 2_000;

export interface PreflightSources {
  readonly listenerRules: (listenerArn: string, signal: AbortSignal) => Promise<readonly ListenerRule[]>;
  /** States of a target group's targets: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html */
  readonly targetStates: (targetGroupArn: string, signal: AbortSignal) => Promise<readonly string[]>;
  readonly exchange: (request: HttpRequest) => Promise<HttpResponse>;
}

/** The health check of the load balancer, as a request to production. */
export interface HealthRequest {
  readonly request: HttpRequest;
  /** What the target groups accept: `200`, `200,204` or `200-299`. */
  readonly codes: string;
}

/** Whether production is fit to begin a release from. Never throws. */
export async function checkLiveSide({ settings, clients, signal, addresses, evidence }: GateRun): Promise<void> {
  const { sides, healthPath, healthCodes } = settings;
  const request = healthPath === undefined ? undefined : requestTo(settings, healthPath, addresses[0]);
  evidence.preflight = await preflight(sides, request && { request, codes: healthCodes }, clients, signal);
}

/** Whether the live side is fit to start a release from. Never throws. */
export async function preflight(
  sides: LiveSides | undefined,
  health: HealthRequest | undefined,
  sources: PreflightSources,
  signal: AbortSignal,
): Promise<PreflightResult[]> {
  const [routed, response] = await Promise.all([
    sides && readLiveSide(sides, sources, signal),
    health && productionResponds(health, sources, signal),
  ]);
  return [...(routed ?? []), ...(response ? [response] : [])];
}

async function readLiveSide(
  { productionListenerArn, targetGroupArns }: LiveSides,
  sources: PreflightSources,
  signal: AbortSignal,
): Promise<PreflightResult[]> {
  const shares = await attempt('one-live-side', async () => {
    const rules = await whileIamSettles(() => sources.listenerRules(productionListenerArn, signal), signal);
    return groupsWithTraffic(targetGroupArns, rules);
  });
  if ('outcome' in shares) return [shares];
  const [live] = [...shares].sort((a, b) => b.weight - a.weight);
  if (!live) {
    const message = `production forwards to ${describeTraffic(shares)}, expected a side of this service: someone changed the listener`;
    return [{ name: 'one-live-side', outcome: 'failed', message }];
  }
  const name = targetGroupName(live.targetGroupArn);
  const states = await attempt('live-side-healthy', () =>
    whileIamSettles(() => sources.targetStates(live.targetGroupArn, signal), signal),
  );
  return [
    { name: 'one-live-side', outcome: 'passed', message: forwarding(name, shares) },
    'outcome' in states ? states : judgeHealth(name, states),
  ];
}

/**
 * Both sides at once is what a release leaves that was stopped without a rollback. It must not block the next one, which
 * ends it: CloudFormation starts that one by itself when it rolls back, and would leave the stack stuck.
 */
function forwarding(name: string, shares: readonly WeightedGroup[]): string {
  if (shares.length === 1) return `production forwards only to ${name}`;
  return `production forwards to ${describeTraffic(shares)}, left so by a release that was stopped; this one ends it`;
}

/** What drains is leaving, and what is initial is coming: neither says how the live side is. */
export function judgeHealth(group: string, states: readonly string[]): PreflightResult {
  const serving = states.filter((state) => state !== 'draining' && state !== 'initial');
  const healthy = serving.filter((state) => state === 'healthy').length;
  const message = `${healthy} of ${serving.length} targets of the live side ${group} are healthy`;
  const fit = healthy > 0 && healthy > serving.length / 2;
  return {
    name: 'live-side-healthy',
    outcome: fit ? 'passed' : 'failed',
    message: fit ? message : `${message}, expected more than half`,
  };
}

/** A few attempts, so that one lost packet refuses no release. */
async function productionResponds(
  { request, codes }: HealthRequest,
  sources: PreflightSources,
  signal: AbortSignal,
): Promise<PreflightResult> {
  const name = 'production-responds';
  const what = `${request.method} ${request.url.href}`;
  let problem = 'got no request';
  for (let tried = 0; tried < ATTEMPTS && !signal.aborted; tried++) {
    if (tried > 0) await sleep(PAUSE_MS, signal).catch(() => undefined);
    problem = await sources.exchange(request).then(
      ({ status }) => (codesOf(codes).includes(status) ? '' : `responded with ${status}`),
      (error: unknown) => `gave no response (${describeExchange(error)})`,
    );
    if (problem === '') return { name, outcome: 'passed', message: `production responded with ${codes} to ${what}` };
  }
  return {
    name,
    outcome: 'failed',
    message: `production ${problem}, expected ${codes} (${what}, ${ATTEMPTS} attempts)`,
  };
}

async function attempt<T extends object>(
  name: PreflightResult['name'],
  read: () => Promise<T>,
): Promise<T | PreflightResult> {
  return read().catch((error: unknown): PreflightResult => {
    return { name, outcome: 'failed', message: `the live side could not be read: ${describeError(error)}` };
  });
}

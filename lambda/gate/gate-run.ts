import { describeError } from '../../common/errors';
import type { HttpRequest } from '../../common/http';
import { retry } from '../../common/retry';
import type { Suite } from '../../smoke/suite/model';
import type { Clients } from './clients';
import type { Beginning, Engine } from './engines/engine';
import type { GateSettings } from './environment';
import type { Evidence, Handover } from './evidence';
import type { Verdict } from './types';

/** A new load balancer's interfaces appear, and throttled reads succeed, within this time. */
const READS_SETTLE_MS = 60_000;
const REQUEST_TIMEOUT_MS = 5_000;

/** A gate function, whatever engine calls it. */
export interface Gate {
  /** @throws Error that names every problem of the environment */
  readonly settings: () => GateSettings;
  /** What a verdict says of the function, also when its settings are wrong. */
  readonly names: Pick<Verdict, 'service' | 'lifecycleEvent' | 'target'> & { readonly stack?: string };
  readonly clients: Clients;
}

/** What is used of Lambda's context. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** What differs between deployment engines: an adapter makes one of the engine's event. */
export interface GateHook {
  readonly request: GateRequest;
  readonly engine: Engine;
  /** What is left of this invocation, milliseconds. */
  readonly remainingMs: () => number;
  /** Starts the invocation that continues a bake. */
  readonly continueBake: (handover: Handover) => Promise<void>;
  /** Reports the outcome to the engine. @throws Error when the engine did not take it */
  readonly report: (outcome: Verdict['outcome']) => Promise<void>;
}

/** One run of the gate: what it is asked, its means, its time, and what it has found so far. */
export interface GateRun {
  readonly request: GateRequest;
  readonly engine: Engine;
  readonly settings: GateSettings;
  readonly clients: Clients;
  readonly budget: Budget;
  /** When everything but the report must be over, milliseconds since the epoch. */
  readonly endMs: number;
  /** Aborts at `endMs`. */
  readonly signal: AbortSignal;
  readonly evidence: Evidence;
  /** Private addresses of the load balancer's nodes; empty: it is reached by name. */
  readonly addresses: readonly string[];
  /** What the engine said at the beginning; a run that continues a bake does not ask again. */
  readonly beginning?: Beginning;
  /** @throws Error when the suite's file cannot be read or is damaged */
  readonly suite: () => Suite;
}

/** What an engine's hook asks of the gate. */
export interface GateRequest {
  readonly deploymentId: string;
  /** When the engine called the hook, milliseconds since the epoch. */
  readonly hookMs: number;
  /** Set when an earlier invocation began the bake. */
  readonly bake?: Handover;
}

/** How one invocation's time is spent, milliseconds. */
export interface Budget {
  /** Until the wait for the target and the checks must be over. */
  readonly checksMs: number;
  /** Until everything but the report must be over. */
  readonly workMs: number;
  /** Of it, kept back for the alarms that are read after the checks. */
  readonly alarmsMs: number;
}

const REPORT_MS = 30_000;
const ALARMS_MS = 15_000;

/**
 * Keeps 30 s back for the report, or a tenth of a shorter time: a hook that does not call back holds the deployment for
 * an hour. https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
 * @param remainingMs until Lambda ends the invocation
 */
export function budget(remainingMs: number, timeoutMs: number): Budget {
  const workMs = Math.max(0, remainingMs - Math.min(REPORT_MS, remainingMs / 10));
  const alarmsMs = Math.min(ALARMS_MS, workMs / 10);
  return { checksMs: Math.min(timeoutMs, workMs - alarmsMs), workMs, alarmsMs };
}

/** What the checks may take now. What came before does not shorten the suite's own timeout while there is time. */
export function checksLeftMs({ settings, endMs, budget }: GateRun): number {
  return Math.max(0, Math.min(settings.timeoutMs, endMs - Date.now() - budget.alarmsMs));
}

/**
 * Private addresses of the load balancer's nodes.
 * @returns an empty list when the load balancer is reached by name @throws Error when they cannot be read
 */
export async function addressesOf({ settings, clients, signal }: GateRun): Promise<readonly string[]> {
  const { loadBalancerFullName } = settings;
  if (loadBalancerFullName === '') return [];
  const read = () => clients.privateAddresses(loadBalancerFullName, signal);
  return retry(read, { retryable: () => true, limitMs: READS_SETTLE_MS, signal }).catch((error: unknown) => {
    throw new Error(`the load balancer's addresses could not be read: ${describeError(error)}`);
  });
}

/** Waits until the load balancer follows the change of its listener, which is as old as the hook's call at least. */
export function untilListenerSettles({ request, clients, signal }: GateRun): Promise<void> {
  return clients.untilListenerSettles(request.hookMs, signal);
}

/** A GET of the listener under test. @param address of one node; undefined: by name */
export function requestTo(settings: GateSettings, path: string, address: string | undefined): HttpRequest {
  const { target, hostName, tlsVerification } = settings;
  const url = new URL(`${target.origin}${path}`);
  return { method: 'GET', url, headers: {}, address, hostName, tlsVerification, timeoutMs: REQUEST_TIMEOUT_MS };
}

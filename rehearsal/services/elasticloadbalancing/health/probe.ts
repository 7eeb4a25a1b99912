import { type ClientRequest, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { sleepReal } from '../../../core/clock';
import type { World } from '../../../core/service';
import { type ProbeOutcome, matchesStatus } from './health';
import type { HealthCheck, Target } from '../state';

export type Probe = (target: Target, check: HealthCheck, signal: AbortSignal) => Promise<ProbeOutcome>;

const timedOut: ProbeOutcome = { ok: false, reason: 'Target.Timeout', description: 'Request timed out' };
const failed: ProbeOutcome = { ok: false, reason: 'Target.FailedHealthChecks', description: 'Health checks failed' };

/**
 * One real health check over the rehearsed network, on a connection of its own.
 * @param sourceGroups security groups of the load balancer that checks
 */
export function networkProbe(world: World, sourceGroups: (groupArn: string) => readonly string[]): Probe {
  return async (target, check, signal) => {
    const port = check.port === 'traffic-port' ? target.port : Number(check.port);
    const source = { securityGroupIds: sourceGroups(target.groupArn) };
    const route = world.network.resolve(target.address, port, source);
    if ('error' in route && route.error !== 'ETIMEDOUT') return failed;
    const limit = new AbortController();
    const over = AbortSignal.any([signal, limit.signal]);
    // A dropped connection attempt only ever ends by its timeout; nothing real is waited for.
    const floorMs = 'error' in route ? 0 : world.parameters.probeWallMsMin;
    const expired = timeout(world, check.timeoutMs, floorMs, over).then(() => timedOut);
    const ask = check.protocol === 'TCP' ? reach : request;
    const response = 'error' in route ? expired : ask(route.localPort, `${target.address}:${port}`, check, over);
    try {
      return await Promise.race([response, expired]);
    } finally {
      limit.abort();
    }
  };
}

/** Resolves when both the AWS time and the least real time are over: the network is real, however fast the clock. */
async function timeout(world: World, awsMs: number, realMs: number, signal: AbortSignal): Promise<void> {
  const { clock } = world;
  await Promise.allSettled([clock.sleep(awsMs, signal), sleepReal(clock, realMs, signal)]);
}

/** A connection is enough. */
function reach(localPort: number, _host: string, _check: HealthCheck, signal: AbortSignal): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: localPort, signal });
    socket.once('connect', () => {
      socket.destroy();
      resolve({ ok: true });
    });
    socket.once('error', () => resolve(failed));
  });
}

function request(localPort: number, host: string, check: HealthCheck, signal: AbortSignal): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const sent: ClientRequest = httpRequest({
      host: '127.0.0.1',
      port: localPort,
      path: check.path,
      agent: false,
      headers: { Host: host, 'User-Agent': 'ELB-HealthChecker/2.0', Connection: 'close' },
    });
    const abort = () => sent.destroy();
    signal.addEventListener('abort', abort, { once: true });
    sent.on('response', (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      resolve(matchesStatus(check.matcher, status) ? { ok: true } : mismatch(status));
    });
    sent.on('error', () => resolve(failed));
    sent.on('close', () => signal.removeEventListener('abort', abort));
    sent.end();
  });
}

function mismatch(status: number): ProbeOutcome {
  return {
    ok: false,
    reason: 'Target.ResponseCodeMismatch',
    description: `Health checks failed with these codes: [${status}]`,
  };
}

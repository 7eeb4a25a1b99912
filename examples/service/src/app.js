// The HTTP server around the routes: bodies, faults, headers.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFaults } from './faults.js';
import { createRoutes } from './routes.js';
import { createWear } from './wear.js';
import { createSender } from './wire-faults.js';

const BODY_BYTES_MAX = 16_384;
const HEALTH_PATH = '/health';

async function readBody(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  return bytes > BODY_BYTES_MAX ? undefined : Buffer.concat(chunks).toString('utf8');
}

/** The server, not yet listening. `isStopping` makes each response close its connection, so that a drain ends. */
export function createApp(settings, isStopping = () => false) {
  const route = createRoutes(settings);
  const faults = createFaults({ ...settings, healthPath: HEALTH_PATH });
  const send = createSender({ ...settings, healthPath: HEALTH_PATH });
  const wear = createWear(settings);

  async function decide(request, path) {
    const body = await readBody(request);
    if (body === undefined) return { status: 413, body: { error: `the body exceeds ${BODY_BYTES_MAX} bytes` } };
    if (path === HEALTH_PATH) return route(request.method, path, body, request.headers);
    const latencyMs = settings.latencyMs + settings.workMs * (1 + settings.latencyPercent / 100) + wear.delayMs();
    await wear.serve(() => (latencyMs > 0 ? sleep(latencyMs) : undefined));
    const { status, error: trouble } = wear.trouble(request.method) ?? {};
    if (status) return { status, body: { error: trouble } };
    const error = faults.strike(path, Number(request.headers['x-forwarded-port']));
    return error ? { status: 500, body: { error } } : route(request.method, path, body, request.headers);
  }

  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0];
    decide(request, path).then(
      ({ status, body, headers }) => {
        const text = body === undefined ? '' : JSON.stringify(faults.strip(path, body));
        const sent = {
          ...(text && { 'content-type': faults.contentType(path), 'content-length': Buffer.byteLength(text) }),
          'x-version': settings.version,
          ...(isStopping() ? { connection: 'close' } : {}),
          ...headers,
        };
        send(response, path, status, sent, text);
      },
      // The client went away before its request was whole: nobody waits for a response.
      () => response.destroy(),
    );
  });
  // Longer than a load balancer's idle timeout of 60 s, so that it is never the target that closes first.
  server.keepAliveTimeout = 65_000;
  server.headersTimeout = 66_000;
  return server;
}

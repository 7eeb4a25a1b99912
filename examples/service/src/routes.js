// The responses of the service: `(method, path, body, headers) -> {status, body, headers}`, without a socket.
import { createOrders, validateOrder } from './orders.js';

const ok = (body) => ({ status: 200, body });
const failure = (status, error, extra) => ({ status, body: { error, ...extra } });

function createOrder(orders, text) {
  let order;
  try {
    order = JSON.parse(text);
  } catch {
    return failure(400, 'the body is not JSON');
  }
  const problems = validateOrder(order);
  if (problems.length > 0) return failure(400, 'the order is not valid', { problems });
  const created = orders.create(order);
  return { status: 201, body: created, headers: { location: `/orders/${created.id}` } };
}

function findOrder(orders, id) {
  const order = orders.find(id);
  return order ? ok(order) : failure(404, `no order ${id}`);
}

/** A refused request gets back what it sent: a careless response, as in many services. */
function readReport(orders, apiKey, { 'x-api-key': given = '' }) {
  if (apiKey !== undefined && given !== apiKey) return failure(401, `no such key: ${given}`);
  return ok({ orders: orders.list().length });
}

/** 204 has no body. */
const health = (status) => ({ status, body: status === 204 ? undefined : { status: 'ok' } });

export function createRoutes({ version, neverHealthy, healthStatus, apiKey }) {
  const orders = createOrders();
  const routes = [
    [/^\/health$/, { GET: () => (neverHealthy ? failure(503, 'not healthy') : health(healthStatus)) }],
    [/^\/$/, { GET: () => ok({ service: 'orders', version }) }],
    [/^\/version$/, { GET: () => ok({ version }) }],
    [/^\/orders$/, { GET: () => ok({ orders: orders.list() }), POST: (_match, body) => createOrder(orders, body) }],
    [/^\/report$/, { GET: (_match, _body, headers) => readReport(orders, apiKey, headers) }],
    [/^\/orders\/([^/]+)$/, { GET: ([, id]) => findOrder(orders, id) }],
  ];
  return (method, path, body, headers = {}) => {
    for (const [pattern, methods] of routes) {
      const match = pattern.exec(path);
      if (!match) continue;
      const handle = methods[method === 'HEAD' ? 'GET' : method];
      if (handle) return handle(match, body, headers);
      const allow = Object.keys(methods).join(', ');
      return { ...failure(405, `${method} is not allowed here`), headers: { allow } };
    }
    return failure(404, `nothing at ${path}`);
  };
}

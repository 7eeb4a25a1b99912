import type { Network } from '../../core/network';
import type { RestRequest, RestResponse } from '../../core/rest';

/**
 * Serves the preload of a process: where a connection to `host` and `port` ends. `source` is the ARN of the Lambda
 * function that asks; without a VPC, or without a function, the connection comes from the internet.
 */
export function networkRoutes(network: Network) {
  return network.route.routes(async ({ query }: RestRequest): Promise<RestResponse> => {
    const host = query.get('host') ?? '';
    const port = Number(query.get('port'));
    const route = network.resolve(host, port, network.sourceOf(query.get('source') ?? ''));
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(route) };
  });
}

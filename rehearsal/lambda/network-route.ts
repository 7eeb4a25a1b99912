import type { RestRequest, RestResponse, World } from '../service';
import { type LambdaState } from './state';

/**
 * Answers the preload of a process: where a connection to `host` and `port` ends. `source` is the Lambda function that
 * asks; without a VPC, or without a function, the connection comes from the internet.
 */
export function networkRoutes(world: World, state: LambdaState) {
  return world.network.route.routes(async ({ query }: RestRequest): Promise<RestResponse> => {
    const host = query.get('host') ?? '';
    const port = Number(query.get('port'));
    const fn = state.functions.get(query.get('source') ?? '');
    const securityGroupIds = fn?.latest.configuration.securityGroupIds;
    const route = world.network.resolve(host, port, securityGroupIds ? { securityGroupIds } : {});
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(route) };
  });
}

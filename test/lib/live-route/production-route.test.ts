import type { IApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LiveRoute, ProductionRoute } from '../../../lib';
import { newStack, ofType } from '../support';
import { groupIn, listenerIn } from '../validation/rows';

function routeOf(production: (listener: ReturnType<typeof listenerIn>) => ProductionRoute) {
  const stack = newStack();
  const pair = { blue: groupIn(stack, 'Blue'), green: groupIn(stack, 'Green') };
  new LiveRoute(stack, 'Route', { ...pair, production: production(listenerIn(stack)) });
  return ofType(stack, 'Custom::GreenlightLiveRoute')[0]?.[1].Properties as { readonly Location?: object } | undefined;
}

test('the default action is found by load balancer and port, and a rule by listener and priority', () => {
  const port = routeOf(({ loadBalancer }) => ProductionRoute.defaultAction(loadBalancer, 443));
  expect(port?.Location).toEqual({ LoadBalancerArn: { Ref: expect.any(String) as string }, Port: '443' });
  const rule = routeOf((listener: IApplicationListener) => ProductionRoute.rule(listener, 7));
  expect(rule?.Location).toEqual({ ListenerArn: { Ref: expect.any(String) as string }, Priority: '7' });
});

test('a port and a priority out of range are refused with value and limit', () => {
  expect(() => routeOf(({ loadBalancer }) => ProductionRoute.defaultAction(loadBalancer, 0))).toThrow(
    /Test\/Route: production port 0: must be a whole number from 1 to 65535/,
  );
  expect(() => routeOf((listener) => ProductionRoute.rule(listener, 50_001))).toThrow(
    /Test\/Route: production priority 50001: must be a whole number from 1 to 50000/,
  );
});

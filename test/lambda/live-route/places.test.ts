import { occupiedPlaces } from '../../../lambda/live-route/observe';
import type { Aws } from '../../../lambda/live-route/aws';
import { placeProblem } from '../../../lambda/live-route/places';
import type { Place } from '../../../lambda/live-route/types';

/** A load balancer with listeners by port and one listener's rules by priority; `made` is what the stack has already. */
function world(made: Readonly<Record<string, string>>): Aws {
  const listeners: Readonly<Record<string, string>> = { '80': 'arn:plain', '443': 'arn:secure' };
  const rules = [
    { priority: '10', ruleArn: 'arn:rule/10', forwards: [] },
    { priority: 'default', ruleArn: '', forwards: [] },
  ];
  return {
    listenerAt: ({ Port = '' }) => Promise.resolve(listeners[Port]),
    rules: () => Promise.resolve(rules),
    physicalId: (_stackId: string, logicalId: string) => Promise.resolve(made[logicalId]),
  } as unknown as Aws;
}

const port = (LogicalId: string, Port: string): Place => ({ LogicalId, LoadBalancerArn: 'arn:lb', Port });
const rule = (LogicalId: string, Priority: string): Place => ({ LogicalId, ListenerArn: 'arn:plain', Priority });

const BOTH = { Production: 'arn:secure', Plain: 'arn:plain' };

const problemOf = async (places: readonly Place[], made: Readonly<Record<string, string>> = {}) =>
  placeProblem(await occupiedPlaces(places, 'arn:stack', world(made)));

test.each<[string, readonly Place[], Readonly<Record<string, string>>]>([
  ['nothing is requested', [], {}],
  ['the ports are free', [port('Production', '8080'), port('Test', '9080')], {}],
  ['the listeners have their ports already', [port('Production', '443'), port('Plain', '80')], BOTH],
  ['the rule has its priority already', [rule('Rule', '10')], { Rule: 'arn:rule/10' }],
  ['the priority is free', [rule('Rule', '11')], { Rule: 'arn:rule/10' }],
])('a change continues when %s', async (_name, places, made) => {
  expect(await problemOf(places, made)).toBeUndefined();
});

test.each<[string, readonly Place[], Readonly<Record<string, string>>, RegExp]>([
  [
    'the port of the other listener of the same service',
    [port('Production', '80'), port('Plain', '443')],
    BOTH,
    /^port 80 of the load balancer, which Production is to have, is taken by arn:plain, port 443 .* by arn:secure, .*ports that nothing uses \(productionPort and testPort\)/,
  ],
  ['a port of somebody else', [port('Fresh', '443')], {}, /which Fresh is to have, is taken by arn:secure/],
  [
    'a priority of somebody else',
    [rule('Rule', '10')],
    { Rule: 'arn:rule/20' },
    /^priority 10 of the listener, which Rule is to have, is taken by arn:rule\/10, .*\(priority and testPriority\)/,
  ],
])('a change is refused that needs %s, with the way to do it', async (_name, places, made, message) => {
  expect(await problemOf(places, made)).toMatch(message);
});

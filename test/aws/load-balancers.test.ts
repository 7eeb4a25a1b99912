import { listenerRules, listenersOf, targetStates } from '../../aws/load-balancers';
import { describeTraffic, groupsWithTraffic } from '../../aws/traffic';
import { bodyOf, httpServer, type Listening } from '../support/servers/servers';

/** One reading of who gets the traffic of a listener, for all handlers. */

const arn = (name: string) => `arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/${name}/0123`;
const members = (...items: readonly string[]) => items.map((item) => `<member>${item}</member>`).join('');
const rule = (priority: string, ...actions: readonly string[]) =>
  `<RuleArn>rule-${priority}</RuleArn><Priority>${priority}</Priority><Actions>${members(...actions)}</Actions>`;
const weighted = (weights: Readonly<Record<string, number | undefined>>) =>
  `<Type>forward</Type><ForwardConfig><TargetGroups>${members(
    ...Object.entries(weights).map(
      ([name, weight]) =>
        `<TargetGroupArn>${arn(name)}</TargetGroupArn>${weight === undefined ? '' : `<Weight>${weight}</Weight>`}`,
    ),
  )}</TargetGroups></ForwardConfig>`;

let server: Listening;
let respond: (call: URLSearchParams) => string;
let throttled = 0;
const before = { ...process.env };
beforeAll(async () => {
  server = await httpServer((request, response) => {
    void bodyOf(request).then((body) => {
      const call = new URLSearchParams(body);
      const action = call.get('Action') ?? '';
      if (throttled > 0) {
        throttled -= 1;
        const error =
          '<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>';
        return void response.writeHead(400).end(error);
      }
      response.end(`<${action}Response><${action}Result>${respond(call)}</${action}Result></${action}Response>`);
    });
  });
  const keys = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' };
  Object.assign(process.env, keys, { AWS_ENDPOINT_URL: `http://127.0.0.1:${server.port}` });
});
afterAll(async () => {
  process.env = { ...before };
  await server.close();
});

const rulesAre = (...rules: readonly string[]) => {
  respond = () => `<Rules>${members(...rules)}</Rules>`;
  return listenerRules('listener');
};

test.each<[string, string, [string, number][]]>([
  [
    'weighted groups',
    weighted({ blue: 90, green: 10 }),
    [
      ['blue', 90],
      ['green', 10],
    ],
  ],
  ['a group without a weight, which is 1', weighted({ blue: undefined }), [['blue', 1]]],
  [
    'one group without a configuration',
    `<Type>forward</Type><TargetGroupArn>${arn('blue')}</TargetGroupArn>`,
    [['blue', 1]],
  ],
  [
    'one group with an empty configuration',
    `<Type>forward</Type><TargetGroupArn>${arn('blue')}</TargetGroupArn><ForwardConfig><TargetGroups/></ForwardConfig>`,
    [['blue', 1]],
  ],
  [
    'both ways of naming one group',
    `<TargetGroupArn>${arn('blue')}</TargetGroupArn>${weighted({ blue: 7 })}`,
    [['blue', 7]],
  ],
  ['a redirect, which forwards nothing', '<Type>redirect</Type><RedirectConfig/>', []],
])('a rule with %s', async (_what, action, expected) => {
  const [found] = await rulesAre(rule('5', action));
  expect(found).toEqual({
    ruleArn: 'rule-5',
    priority: '5',
    forwards: expected.map(([name, weight]) => ({ targetGroupArn: arn(name), weight })),
    takesAll: false,
  });
});

const paths = (...values: readonly string[]) =>
  `<Field>path-pattern</Field><PathPatternConfig><Values>${members(...values)}</Values></PathPatternConfig>`;
const HOST = '<Field>host-header</Field><HostHeaderConfig><Values><member>*</member></Values></HostHeaderConfig>';
const when = (...conditions: readonly string[]) => `<Conditions>${members(...conditions)}</Conditions>`;

test.each<[string, string, boolean]>([
  ['every path', when(paths('/*')), true],
  ['anything', when(paths('/api', '*')), true],
  ['every path, in the older place', when(`<Field>path-pattern</Field><Values>${members('/*')}</Values>`), true],
  ['some paths', when(paths('/api/*')), false],
  ['every path of one host', when(paths('/*'), HOST), false],
  ['every host', when(HOST), false],
  ['no condition', '<Conditions/>', false],
])('a rule for %s: it takes all that reaches it', async (_what, conditions, takesAll) => {
  const [found] = await rulesAre(rule('5', weighted({ blue: 1 })) + conditions);
  expect(found?.takesAll).toBe(takesAll);
});

test('what a rule for every path leaves nothing for has no traffic: later rules and the default action', async () => {
  const pair = [arn('blue'), arn('green')];
  const rules = await rulesAre(
    rule('default', weighted({ blue: 100 })),
    rule('20', weighted({ blue: 5 })),
    rule('3', weighted({ green: 100 })) + when(paths('/*')),
    rule('2', weighted({ green: 1 })) + when(paths('/api')),
  );
  expect(groupsWithTraffic(pair, rules)).toEqual([{ targetGroupArn: arn('green'), weight: 100 }]);
});

test('authentication before the forward action does not hide it, and every page is read', async () => {
  const page = (rules: string, more = '') => `<Rules>${members(rules)}</Rules>${more}`;
  respond = (call) =>
    call.get('Marker') === 'more'
      ? page(rule('default', weighted({ other: 1 })))
      : page(rule('1', '<Type>authenticate-oidc</Type>', weighted({ green: 1 })), '<NextMarker>more</NextMarker>');
  const rules = await listenerRules('listener');
  expect(rules.map(({ priority, forwards }) => [priority, forwards.map((it) => it.targetGroupArn)])).toEqual([
    ['1', [arn('green')]],
    ['default', [arn('other')]],
  ]);
});

test('a list that does not end is an error, and not a part of the truth', async () => {
  respond = () => `<Rules>${members(rule('1', weighted({ blue: 1 })))}</Rules><NextMarker>again</NextMarker>`;
  await expect(listenerRules('listener')).rejects.toThrow(
    'DescribeRules of listener: more than 20 entries in 20 pages, which is too long to read',
  );
});

test('the traffic of a pair counts over all rules, without the weight 0 and without groups of other services', async () => {
  const pair = [arn('blue'), arn('green')];
  const rules = await rulesAre(
    rule('1', weighted({ blue: 100, green: 0 })),
    rule('2', weighted({ other: 50, green: 300 })),
    rule('default', weighted({ green: 200 })),
  );
  const traffic = groupsWithTraffic(pair, rules);
  expect(traffic).toEqual([
    { targetGroupArn: arn('blue'), weight: 100 },
    { targetGroupArn: arn('green'), weight: 300 },
  ]);
  expect(describeTraffic(traffic)).toBe('blue (25 %), green (75 %)');
  expect(describeTraffic(groupsWithTraffic(pair, await rulesAre(rule('1', weighted({ blue: 0 })))))).toBe(
    'neither side',
  );
});

test('listeners have their port, and targets their state', async () => {
  respond = () => `<Listeners>${members('<ListenerArn>one</ListenerArn><Port>80</Port>')}</Listeners>`;
  expect(await listenersOf('load-balancer')).toEqual([{ listenerArn: 'one', port: '80' }]);
  respond = () =>
    `<TargetHealthDescriptions>${members('<TargetHealth><State>draining</State></TargetHealth>', '<Target/>')}</TargetHealthDescriptions>`;
  expect(await targetStates('group')).toEqual(['draining', 'unknown']);
});

test('a throttled reading is repeated', async () => {
  throttled = 1;
  expect(await rulesAre(rule('5', weighted({ blue: 1 })))).toHaveLength(1);
});

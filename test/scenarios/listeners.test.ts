import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import type { CdkResult } from '../../rehearsal/runner/synthesis/cdk';
import { type Scenario, startScenario, succeeded } from '../support/scenarios/scenario';

const NAME = 'shop.example.com';

/** What listeners and rules of one stack give up to each other in one update, by the real CLI. */
describe('listeners and rules that change places', () => {
  let world: Scenario;
  let out: Readonly<Record<string, string>>;
  beforeAll(async () => {
    world = await startScenario('listeners', 'Listeners', 100);
    await deploys({});
  }, 600_000);
  afterAll(() => world?.stop());

  const at = (name: string) => out[name] ?? '';

  async function deploys(context: Readonly<Record<string, string>>): Promise<void> {
    succeeded(await world.deploy(context));
    out = await world.outputs();
  }

  /** The update fails before it changes anything, and leaves a stack that takes the next one. */
  async function isRefused(context: Readonly<Record<string, string>>, reason: RegExp): Promise<void> {
    const before = await shared();
    const { exitCode, output }: CdkResult = await world.deploy(context);
    expect({ exitCode, output: output.replaceAll(/\s+/g, ' ') }).toMatchObject({
      exitCode: 1,
      output: expect.stringMatching(reason) as string,
    });
    expect(await status()).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await shared()).toEqual(before);
  }

  async function status(): Promise<string | undefined> {
    const input = { StackName: 'Listeners' };
    const { Stacks } = await world.call<{ Stacks: { StackStatus: string }[] }>(
      'cloudformation',
      'DescribeStacks',
      input,
    );
    return Stacks[0]?.StackStatus;
  }

  /** Ports of the second load balancer, and the hosts behind its rules in their order. */
  async function shared(): Promise<{ ports: number[]; hosts: string[] }> {
    const elb = <T>(operation: string, input: object) => world.call<T>('elasticloadbalancing', operation, input);
    const LoadBalancerArn = at('SharedLoadBalancer');
    const { Listeners } = await elb<{ Listeners: { Port: number }[] }>('DescribeListeners', { LoadBalancerArn });
    const { Rules } = await elb<{ Rules: { Conditions: { HostHeaderConfig?: { Values: string[] } }[] }[] }>(
      'DescribeRules',
      { ListenerArn: at('Shared') },
    );
    return {
      ports: Listeners.map(({ Port }) => Port).sort((one, other) => one - other),
      hosts: Rules.flatMap(({ Conditions }) => Conditions.flatMap((each) => each.HostHeaderConfig?.Values ?? [])),
    };
  }

  function plain(listener: string): Promise<{ status?: number; location?: string }> {
    const { hostname, port } = new URL(world.aws.services.elasticloadbalancing.listenerUrl(at(listener)));
    return new Promise((resolve, reject) => {
      get({ hostname, port, path: '/orders', headers: { host: NAME }, agent: false }, (response) => {
        response.resume();
        resolve({ status: response.statusCode, location: response.headers.location });
      }).once('error', reject);
    });
  }

  function overTls() {
    const certificateAuthority = readFileSync(world.aws.network.authorityFile ?? '', 'utf8');
    return world.load(at('Listener'), [{ path: '/orders' }], { host: NAME, certificateAuthority });
  }

  test('a certificate comes with a release, stays when the next release is stopped, and goes: no request is lost', async () => {
    const http = at('Listener');
    const load = world.load(http, [{ path: '/orders' }], { host: NAME });
    await deploys({ certificate: 'yes', version: 'v2' });
    expect(at('Redirect')).toBe(http);
    expect(await plain('Redirect')).toEqual({ status: 301, location: `https://${NAME}:443/orders` });

    const secure = overTls();
    const stopped = await world.deploy({ version: 'v3', fault: '/orders' });
    expect(stopped.exitCode).toBe(1);
    expect(await status()).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect((await plain('Redirect')).status).toBe(301);
    const { records, lost, failed } = await secure.end();
    expect({ lost, failed }).toEqual({ lost: [], failed: [] });
    expect(records.length).toBeGreaterThan(0);

    await deploys({ version: 'v2' });
    expect(at('Listener')).toBe(http);
    expect((await plain('Listener')).status).toBe(200);
    expect((await load.end()).lost).toEqual([]);
  }, 600_000);

  test('ports and priorities that are swapped in one update are refused before anything changes, with the way to do it', async () => {
    await isRefused(
      { version: 'v2', ports: '9001,8001' },
      /port 9001 of the load balancer, which Admin\w+ is to have, is taken by arn:.* deploy twice, first with ports/,
    );
    await isRefused(
      { version: 'v2', priorities: '20,10' },
      /priority 20 of the listener, which Shop\w+ is to have, is taken by|priority 10 of the listener, which Blog\w+ is to/,
    );
    await deploys({ version: 'v2', ports: '8002,9002', priorities: '30,40' });
    await deploys({ version: 'v2', ports: '9001,8001', priorities: '20,10', hosts: 'b,a' });
    expect(await shared()).toEqual({
      ports: [80, 8001, 9001, 9081, 9082],
      hosts: ['a.example.com', 'b.example.com'],
    });
  }, 600_000);

  test('the verdicts of the gate are still there after cdk destroy', async () => {
    succeeded(await world.destroy());
    const { logGroups } = await world.call<{ logGroups: { logGroupName: string }[] }>('logs', 'DescribeLogGroups', {});
    const gates = logGroups.filter(({ logGroupName }) => logGroupName.includes('GreenlightGateLogs'));
    expect(gates).toHaveLength(1);
    const { events } = await world.call<{ events: { message: string }[] }>('logs', 'FilterLogEvents', {
      logGroupName: gates[0]?.logGroupName,
      filterPattern: '{ $.kind = "greenlight.verdict" }',
    });
    expect(events.length).toBeGreaterThan(0);
  }, 600_000);
});

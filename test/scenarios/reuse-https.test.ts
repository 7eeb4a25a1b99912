import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:tls';
import { type Scenario, startScenario } from '../support/scenarios/scenario';

const NAME = 'shop.example.com';

/** Certificate, security policy, tag, rule and redirect change while green is live, over HTTPS, by the real CLI. */
describe('an HTTPS listener under CodeDeploy', () => {
  let world: Scenario;
  let out: Readonly<Record<string, string>>;
  beforeAll(async () => {
    world = await startScenario('reuse-https', 'Secure', 100);
    await succeeds({});
    await succeeds({ version: 'v2' });
  }, 600_000);
  afterAll(() => world?.stop());

  const at = (name: string) => out[name] ?? '';
  const authority = () => readFileSync(world.aws.network.authorityFile ?? '', 'utf8');
  const addressOf = (listener: string) => new URL(world.aws.services.elasticloadbalancing.listenerUrl(at(listener)));

  async function succeeds(context: Readonly<Record<string, string>>): Promise<void> {
    const { exitCode, output } = await world.deploy(context);
    if (exitCode !== 0) throw new Error(output);
    out = await world.outputs();
  }

  async function deployments(): Promise<number> {
    const input = { applicationName: at('Application'), deploymentGroupName: at('Group') };
    return (await world.call<{ deployments: string[] }>('codedeploy', 'ListDeployments', input)).deployments.length;
  }

  /** What the production listener shows of itself to a new client that verifies it. */
  function handshake(): Promise<{ fingerprint: string; protocol: string | null }> {
    return new Promise((resolve, reject) => {
      const port = Number(addressOf('Listener').port);
      const socket = connect({ port, host: '127.0.0.1', servername: NAME, ca: authority() }, () => {
        resolve({ fingerprint: socket.getPeerCertificate().fingerprint256, protocol: socket.getProtocol() });
        socket.destroy();
      });
      socket.once('error', reject);
    });
  }

  function redirected(path: string): Promise<{ status?: number; location?: string }> {
    const { hostname, port } = addressOf('Redirect');
    return new Promise((resolve, reject) => {
      get({ hostname, port, path, headers: { host: NAME }, agent: false }, (response) => {
        response.resume();
        resolve({ status: response.statusCode, location: response.headers.location });
      }).once('error', reject);
    });
  }

  test('continues with green, and no request is lost', async () => {
    const before = await handshake();
    expect(before.protocol).toBe('TLSv1.3');
    const released = await deployments();
    const load = world.load(at('Listener'), [{ path: '/' }, { path: '/orders' }], {
      host: NAME,
      certificateAuthority: authority(),
    });
    await succeeds({ version: 'v2', certificate: 'second' });
    const after = await handshake();
    expect(after.fingerprint).not.toBe(before.fingerprint);

    const more = { version: 'v2', certificate: 'second', policy: 'ELBSecurityPolicy-FS-1-2-2019-08', tag: 'shop' };
    await succeeds({ ...more, redirect: 'yes', rule: '/robots.txt' });
    expect((await handshake()).protocol).toBe('TLSv1.2');
    expect(await redirected('/orders?page=2')).toEqual({ status: 301, location: `https://${NAME}:443/orders?page=2` });

    const { records, lost, failed } = await load.end();
    expect({ lost, failed }).toEqual({ lost: [], failed: [] });
    expect(records.length).toBeGreaterThan(10);
    expect(new Set(records.map((record) => record.targetGroupArn))).toEqual(new Set([at('Green')]));
    const weights = Object.entries(await world.weights(at('Listener'))).filter(([, weight]) => weight > 0);
    expect(weights.map(([arn]) => arn)).toEqual([at('Green')]);
    expect(await deployments()).toBe(released);
    const trouble = world.aws.events.all().filter(({ event }) => ['denied', 'fault', 'inert'].includes(event));
    expect(trouble).toEqual([]);
  }, 600_000);
});

import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Scenario, startScenario } from '../support/scenario';

const ROOT = join(__dirname, '../..');

/** The code of docs/migrate.md, block by block, with the sample service for the reader's image. */
function blocks(): string[] {
  const page = readFileSync(join(ROOT, 'docs/migrate.md'), 'utf8');
  return [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) =>
    code
      .replace(
        /ContainerImage\.fromRegistry\([^)]*\)/,
        `ContainerImage.fromAsset(${JSON.stringify(join(ROOT, 'examples/service'))})`,
      )
      .replace("'cdk-greenlight'", JSON.stringify(join(ROOT, 'lib'))),
  );
}

describe('docs/migrate.md', () => {
  const [base = '', plain = '', beside = '', moved = '', removed = ''] = blocks();
  let folder: string;
  let shop: Scenario;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'greenlight-migrate-'));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    shop = await startScenario(join(folder, 'app.ts'), 'Shop');
    await deploys('v1', base, plain);
  }, 300_000);
  afterAll(async () => {
    await shop?.stop();
    rmSync(folder, { recursive: true });
  });

  async function deploys(version: string, ...parts: string[]): Promise<void> {
    writeFileSync(
      join(folder, 'app.ts'),
      parts.join('\n').replace('process.env.VERSION', `'${version}' as string | undefined`),
    );
    const { exitCode, output } = await shop.deploy();
    if (exitCode !== 0) throw new Error(output);
  }

  async function listenerArn(): Promise<string> {
    const { StackResources } = await shop.call<{ StackResources: Record<string, string>[] }>(
      'cloudformation',
      'DescribeStackResources',
      { StackName: 'Shop' },
    );
    const found = StackResources.find(
      ({ ResourceType, LogicalResourceId = '' }) =>
        ResourceType === 'AWS::ElasticLoadBalancingV2::Listener' && LogicalResourceId.startsWith('LoadBalancerHttp'),
    );
    return found?.PhysicalResourceId ?? '';
  }

  test('its steps move a plain service to blue/green, and no request is lost', async () => {
    const production = await listenerArn();
    const load = shop.load(production, [{ path: '/' }, { path: '/orders' }]);
    await deploys('v1', base, plain, beside);
    await deploys('v1', base, plain, moved);
    await deploys('v1', base, removed, moved);
    await deploys('v2', base, removed, moved);
    const { records, lost, failed } = await load.end();
    expect({ lost, failed }).toEqual({ lost: [], failed: [] });
    expect(records.length).toBeGreaterThan(50);
    // The old service, then blue, then green.
    const served = [...new Set(records.map((record) => record.targetGroupArn))];
    expect(served).toHaveLength(3);
    expect(await listenerArn()).toBe(production);
    expect(Object.entries(await shop.weights(production, '100')).find(([, weight]) => weight === 100)?.[0]).toBe(
      served[2],
    );
    const answer = await fetch(`${shop.aws.services.elasticloadbalancing.listenerUrl(production)}/version`);
    expect(await answer.text()).toContain('v2');
    const trouble = shop.aws.events
      .all()
      .filter(({ event }) => ['denied', 'unknown-operation', 'fault'].includes(event));
    expect(trouble).toEqual([]);
  }, 400_000);
});

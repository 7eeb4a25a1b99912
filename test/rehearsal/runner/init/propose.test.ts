import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contextKeys, findStacks, type FoundStack } from '../../../../rehearsal/runner/init/found';
import { ASSET_SALT, isLikelyVersion, proposalText } from '../../../../rehearsal/runner/init/propose';
import { parsePlan } from '../../../../rehearsal/runner/plan/read';
import { temporaryDirectory } from '../../../support/temporary';

const stack: FoundStack = {
  id: 'Prod/Shop',
  services: [{ name: 'Web', isGreenlight: true, healthCheckPath: '/health', suitePaths: ['/health', '/orders: all'] }],
  hosts: ['shop.example.com'],
  taskDefinitions: '[]',
};
const proposal = { stack, otherStacks: ['Prod/Data'], contextKeys: ['imageTag'] };

test('the proposed file is sound, with what the app was found to have', () => {
  const text = proposalText({ ...proposal, schema: './s.json', change: { key: ASSET_SALT } });
  expect(text).toMatch(/^# yaml-language-server: \$schema=\.\/s\.json\n/);
  expect(text).toContain('the app also has Prod/Data');
  expect(text).toContain('# Context that the app reads: imageTag\n');
  const plan = parsePlan(text, 'r.yaml');
  expect(plan).toMatchObject({ stack: 'Prod/Shop', traffic: { paths: ['/orders: all'], host: 'shop.example.com' } });
  expect(plan.releases.map(({ name, expect: end, context }) => [name, end, context])).toEqual([
    ['v1', 'created', {}],
    ['v2', 'succeeded', { [ASSET_SALT]: 'v2' }],
    ['v3', 'rolled-back', { [ASSET_SALT]: 'v3' }],
  ]);
  expect(plan.releases[2]?.fault).toMatchObject({ status: 500, percent: 100 });
});

test("the app's own context key makes every release, the first too", () => {
  const plan = parsePlan(proposalText({ ...proposal, change: { key: 'imageTag' } }), 'r.yaml');
  expect(plan.releases.map(({ context }) => context)).toEqual([
    { imageTag: 'v1' },
    { imageTag: 'v2' },
    { imageTag: 'v3' },
  ]);
});

test('without a change there is one release, and a comment that says what to do', () => {
  const text = proposalText(proposal);
  expect(parsePlan(text, 'r.yaml').releases).toHaveLength(1);
  expect(text).toContain('# No second release is proposed');
});

test('an app without a gate gets its bad release as a comment, which says what would stop it', () => {
  const services = [{ name: 'Web', isGreenlight: false, suitePaths: [] }];
  const text = proposalText({ ...proposal, stack: { ...stack, services }, change: { key: ASSET_SALT } });
  expect(text).toMatch(
    /# A service without a gate .* With BlueGreenService of cdk-greenlight this one\n {2}# is stopped:\n/,
  );
  expect(parsePlan(text, 'r.yaml').releases.map(({ name }) => name)).toEqual(['v1', 'v2']);
});

test('what is commented out is sound as well', () => {
  for (const isGreenlight of [true, false]) {
    const services = [{ name: 'Web', isGreenlight, suitePaths: [] }];
    const text = proposalText({ ...proposal, stack: { ...stack, services }, change: { key: ASSET_SALT } });
    const all = text.replace(/^ {2}# (?=- name:| {2}(context|fault|expect|description):)/gm, '  ');
    const bad = parsePlan(all, 'r.yaml').releases.filter(({ fault }) => fault !== undefined);
    expect(bad).toHaveLength(isGreenlight ? 2 : 1);
  }
});

test.each([
  ['version', true],
  ['imageTag', true],
  ['app.release', true],
  ['commitSha', true],
  ['stage', false],
  ['conversion', false],
])('a context key %s: makes a release %s', (key, expected) => {
  expect(isLikelyVersion(key)).toBe(expected);
});

test('context keys are found in every language of the CDK, not in tests, packages or the CDK itself', () => {
  const folder = temporaryDirectory('keys');
  const files = {
    'bin/app.ts': `app.node.tryGetContext('version'); app.node.getContext("region");`,
    'app.py': `self.node.try_get_context("python_tag")`,
    'Main.java': `getNode().tryGetContext("javaTag")`,
    'Main.cs': `Node.TryGetContext("csTag")`,
    'main.go': `TryGetContext(jsii.String("goTag"))`,
    'lib/x.ts': `tryGetContext('@aws-cdk/core:x'); tryGetContext(\`\${dynamic}\`)`,
    'node_modules/p/i.js': `tryGetContext('package')`,
    'cdk.out/asset.1/i.js': `tryGetContext('asset')`,
    'test/a.ts': `tryGetContext('test')`,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  expect(contextKeys(folder)).toEqual(['csTag', 'goTag', 'javaTag', 'python_tag', 'region', 'version']);
});

test('services, suite paths and hosts are read from templates, those of a stage too', () => {
  const folder = temporaryDirectory('assembly');
  const json = (path: string, content: unknown) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(content));
  };
  json('manifest.json', { artifacts: { Prod: { type: 'cdk:cloud-assembly', properties: { directoryName: 'Prod' } } } });
  const properties = { templateFile: 't.json' };
  json('Prod/manifest.json', {
    artifacts: { X: { type: 'aws:cloudformation:stack', displayName: 'Prod/Shop', properties } },
  });
  const Conditions = [{ Field: 'host-header', HostHeaderConfig: { Values: ['*.example.com', 'shop.example.com'] } }];
  json('Prod/t.json', {
    Resources: {
      R: { Type: 'Custom::GreenlightEcsRelease', Properties: { ServiceName: 'Web' } },
      T: { Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: { HealthCheckPath: '/up' } },
      L: { Type: 'AWS::ElasticLoadBalancingV2::ListenerRule', Properties: { Conditions } },
      S: { Type: 'AWS::ECS::Service', Properties: {} },
      G: {
        Type: 'AWS::Lambda::Function',
        Properties: { Code: { S3Key: 'abc.zip' }, Environment: { Variables: { GREENLIGHT_SERVICE: 'Web' } } },
      },
    },
  });
  json('Prod/asset.abc/suite.json', {
    checks: [{ path: '/a' }, { path: '/a' }, { path: '/b', method: 'POST' }, { path: '/${id}' }, { path: '${next}' }],
  });
  const [found] = findStacks(folder);
  expect(found).toMatchObject({ id: 'Prod/Shop', hosts: ['shop.example.com'] });
  expect(found?.services).toEqual([{ name: 'Web', isGreenlight: true, healthCheckPath: '/up', suitePaths: ['/a'] }]);
});

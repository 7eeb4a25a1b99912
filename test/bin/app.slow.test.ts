import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { createApp } from '../../bin/app';
import { createApp as createOwnVpc } from '../../examples/own-vpc/app';
import type { Suite } from '../../smoke/suite/model';
import { FLAGS } from '../lib/support';

function synth(create: (app: App) => App, context: Record<string, unknown> = {}, nag = false) {
  const app = new App({ context: { ...FLAGS, ...context } });
  if (nag) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  create(app);
  const assembly = app.synth();
  return { directory: assembly.directory, stack: assembly.stacks[0] };
}

const text = (result: ReturnType<typeof synth>) => readFileSync(result.stack?.templateFullPath ?? '', 'utf8');

interface Report {
  readonly pluginReports: { readonly pluginName: string; readonly conclusion: string }[];
}

test.each([
  ['bin/app.ts', createApp, {}],
  ['bin/app.ts with approval', createApp, { approvalMinutes: '5', approvalEmail: 'me@example.com' }],
  ['bin/app.ts with ECS', createApp, { engine: 'ecs' }],
  [
    'bin/app.ts with ECS and approval',
    createApp,
    { engine: 'ecs', approvalMinutes: '5', approvalEmail: 'me@example.com' },
  ],
  ['examples/own-vpc', createOwnVpc, {}],
])('%s passes the AwsSolutions pack, each exception with its reason', (_name, create, context) => {
  const { directory } = synth(create, context, true);
  const report = JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8')) as Report;
  expect(report.pluginReports.find((each) => each.pluginName === 'AwsSolutions')?.conclusion ?? 'success').toBe(
    'success',
  );
});

test('the pack does find what is wrong', () => {
  const broken = (app: App) => {
    createApp(app);
    const release = app.node.findChild('Greenlight').node.findChild('GreenlightRelease');
    for (const each of release.node.findAll()) {
      (each.node as unknown as { _metadata: unknown[] })._metadata = [];
    }
    return app;
  };
  const log = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  try {
    expect(() => synth(broken, {}, true)).toThrow(/wildcard permissions/);
  } finally {
    log.mockRestore();
  }
});

test('the sample’s gate asks for the version that is shipped, and of another image for none', () => {
  const header = JSON.stringify(JSON.stringify({ name: 'x-version', value: '2.0.1' }));
  expect(text(synth(createApp, { version: '2.0.1' }))).toContain(header);
  const image = 'public.ecr.aws/docker/library/httpd:2.4';
  expect(text(synth(createApp, { version: '2.0.1', image }))).not.toContain('x-version');
});

test('ships an image of which nothing is known but port and health check', () => {
  const image = { image: 'public.ecr.aws/docker/library/httpd:2.4', port: '80', healthCheckPath: '/' };
  const { stack, directory } = synth(createApp, image);
  const template = Template.fromJSON(stack?.template as Record<string, unknown>);
  template.hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: [
      Match.objectLike({ Image: image.image, PortMappings: [Match.objectLike({ ContainerPort: 80 })] }),
    ],
  });
  template.allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { HealthCheckPath: '/', Port: 80 });
  const suites = readdirSync(directory)
    .map((name) => join(directory, name, 'suite.json'))
    .filter(existsSync);
  expect(suites.map((file) => (JSON.parse(readFileSync(file, 'utf8')) as Suite).checks)).toEqual([
    [expect.objectContaining({ path: '/' })],
  ]);
});

test('is named, has no account, and is byte-stable', () => {
  const context = { version: 'v2', environment: '{"A":"b"}' };
  const first = synth(createApp, context);
  expect(first.stack?.stackName).toBe('Greenlight');
  expect(first.stack?.environment.name).toBe('aws://unknown-account/unknown-region');
  expect(text(synth(createApp, context))).toBe(text(first));
  expect(text(synth(createOwnVpc))).toBe(text(synth(createOwnVpc)));
});

test('a new version changes no ECS service', () => {
  const service = (version: string) => {
    const template = JSON.parse(text(synth(createApp, { version }))) as { Resources: Record<string, { Type: string }> };
    return Object.values(template.Resources).find((each) => each.Type === 'AWS::ECS::Service');
  };
  expect(service('v2')).toEqual(service('v1'));
});

test('ships any image, with no image to build', () => {
  const result = synth(createApp, { image: 'public.ecr.aws/example/web:2' });
  expect(text(result)).toContain('"Image": "public.ecr.aws/example/web:2"');
  const assets = JSON.parse(readFileSync(join(result.directory, 'Greenlight.assets.json'), 'utf8')) as {
    dockerImages: object;
  };
  expect(assets.dockerImages).toEqual({});
});

test('may pull an image of the account, as it is not public', () => {
  const image = '111111111111.dkr.ecr.eu-west-1.amazonaws.com/team/web:2';
  const template = text(synth(createApp, { image }));
  expect(template).toContain('ecr:BatchGetImage');
  expect(template).toContain('repository/team/web');
});

test('a certificate makes it HTTPS', () => {
  const certificateArn = 'arn:aws:acm:eu-west-1:111111111111:certificate/abc';
  expect(text(synth(createApp, { certificateArn, domainName: 'shop.example.com' }))).toContain(
    'https://shop.example.com:9443',
  );
});

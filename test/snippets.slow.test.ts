import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import ts from 'typescript';
import { parse } from 'yaml';
import { validateSuite } from '../smoke/suite';
import type { Suite } from '../smoke/suite/model';
import { parsePlan } from '../rehearsal/runner/plan/read';
import { blocksOf } from './support/pages';

/**
 * Every snippet of README and docs compiles and synthesizes, and every file shown is a valid one. Commands are run by
 * test/commands.slow.test.ts, those of README.md by test/stranger; docs/migrate.md, by test/scenarios/migrate.test.ts, as a rehearsal.
 */
const pages = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md') && name !== 'docs/migrate.md',
);
const folder = join(process.cwd(), 'coverage', 'snippets');

function blocks(language: string): { page: string; code: string; title: string }[] {
  return pages.flatMap((page) =>
    blocksOf(page)
      .filter((block) => block.language === language)
      .map(({ code }, index) => ({ page, code, title: `${page}, ${language} ${index + 1}` })),
  );
}

/** What a reader of a fragment has: the stack around it, of the CDK's own constructs. */
const AROUND = `
import { App, Duration, Stack } from 'aws-cdk-lib';
import { EcsApplication, EcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, DeploymentControllerType, DeploymentLifecycleLambdaTarget, DeploymentLifecycleStage, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { ApplicationListener, ApplicationListenerRule, ApplicationLoadBalancer, ApplicationProtocol, ApplicationTargetGroup, ListenerAction, ListenerCondition, TargetType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import * as greenlight from 'cdk-greenlight';
const { BlueGreenService, DeploymentFollower, DifferenceKind, EcsRelease, LifecycleEvent, LiveRoute, ProductionRoute, ReleaseAlarms, ReleaseEngine, ReleaseGate, ServiceTask, SmokeSuite, TwinEnvironments } = greenlight;
const stack = new Stack(new App(), 'Shop');
const version = '1';
const vpc = new Vpc(stack, 'Vpc');
const cluster = new Cluster(stack, 'Cluster', { vpc });
const image = ContainerImage.fromRegistry('public.ecr.aws/you/web:1.4.0');
const stockCheck = new LambdaFunction(stack, 'Stock', { code: Code.fromInline('x'), handler: 'index.x', runtime: Runtime.NODEJS_22_X });
const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc, internetFacing: true });
const targetGroup = (id: string) => new ApplicationTargetGroup(stack, id, { vpc, port: 8080, targetType: TargetType.IP });
const [blue, green] = [targetGroup('Blue'), targetGroup('Green')];
const listener = (id: string, port: number) =>
  new ApplicationListener(stack, id, { loadBalancer, port, protocol: ApplicationProtocol.HTTP, open: false, defaultAction: ListenerAction.forward([blue]) });
const [production, test] = [listener('Production', 80), listener('Test', 9080)];
const taskDefinition = new FargateTaskDefinition(stack, 'Task');
taskDefinition.addContainer('web', { image, portMappings: [{ containerPort: 8080 }] });
`;

const BY_CODE_DEPLOY = `
const service = new FargateService(stack, 'Service', { cluster, taskDefinition, deploymentController: { type: DeploymentControllerType.CODE_DEPLOY } });
service.attachToApplicationTargetGroup(blue);
const application = new EcsApplication(stack, 'Application');
const deploymentGroup = new EcsDeploymentGroup(stack, 'Group', {
  application, service,
  blueGreenDeploymentConfig: { blueTargetGroup: blue, greenTargetGroup: green, listener: production, testListener: test },
});
`;

const BY_ECS = `
type LifecycleEvent = greenlight.LifecycleEvent;
const rule = (id: string, at: ApplicationListener) =>
  new ApplicationListenerRule(stack, id, { listener: at, priority: 1, conditions: [ListenerCondition.pathPatterns(['/*'])], action: ListenerAction.forward([blue]) });
const [productionRule, testRule] = [rule('ProductionRule', production), rule('TestRule', test)];
const suite = SmokeSuite.of({ name: 'version', path: '/version' });
const service = new FargateService(stack, 'Service', { cluster, taskDefinition });
service.attachToApplicationTargetGroup(blue);
`;

/** A whole program as it is; lines of a service's props within a service; other lines after what they speak of. */
function programOf(code: string): string {
  if (code.startsWith('import ')) return code;
  if (!/^\w+: /.test(code)) return `${AROUND}${code.includes('addEcsService') ? BY_ECS : BY_CODE_DEPLOY}${code}`;
  const props = code
    .trim()
    .replace(/;$/, '')
    .replace(/,(\s*\/\/.*)?$/, '$1');
  return `${AROUND}new BlueGreenService(stack, 'Web', { task: ServiceTask.fromImage(image, { containerPort: 8080 }), cluster,\n${props}\n});`;
}

describe('TypeScript', () => {
  const snippets = blocks('ts').map((each, index) => ({
    ...each,
    file: join(folder, `snippet-${index}.ts`),
    program: programOf(each.code),
  }));

  const home = process.cwd();
  beforeAll(() => {
    mkdirSync(folder, { recursive: true });
    for (const { program, file } of snippets) writeFileSync(file, program);
    writeFileSync(
      join(folder, 'smoke.yaml'),
      'version: 1\nvariables: { version: dev }\nchecks: [{ name: health, path: /health }]\n',
    );
    process.chdir(folder);
  });
  afterAll(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true, force: true });
  });

  test('compiles', () => {
    const program = ts.createProgram(
      snippets.map(({ file }) => file),
      {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        module: ts.ModuleKind.Node16,
        moduleResolution: ts.ModuleResolutionKind.Node16,
        target: ts.ScriptTarget.ES2022,
        lib: ['lib.es2023.d.ts'],
        esModuleInterop: true,
        types: ['node'],
        paths: { 'cdk-greenlight': [join(home, 'lib', 'index.ts')] },
      },
    );
    const problems = ts
      .getPreEmitDiagnostics(program)
      .map((each) => `${each.file?.fileName}: ${ts.flattenDiagnosticMessageText(each.messageText, '\n')}`);
    expect(problems).toEqual([]);
    expect(snippets.length).toBeGreaterThan(6);
  }, 120_000);

  test.each(snippets.map(({ title, file }) => [title, file]))('%s synthesizes', (_title, file) => {
    const apps: App[] = [];
    jest.isolateModules(() => {
      const core = jest.requireActual<typeof import('aws-cdk-lib')>('aws-cdk-lib');
      class RecordedApp extends core.App {
        constructor() {
          super();
          apps.push(this);
        }
      }
      jest.doMock(
        'aws-cdk-lib',
        () =>
          new Proxy(core, {
            get: (target, name) => (name === 'App' ? RecordedApp : target[name as keyof typeof target]),
          }),
      );
      jest.requireActual(file);
    });
    const [stack] = apps[0]?.synth().stacks ?? [];
    const types = Object.values((stack?.template as { Resources: Record<string, { Type: string }> }).Resources).map(
      (resource) => resource.Type,
    );
    expect(types).toEqual(expect.arrayContaining([expect.stringMatching(/^Custom::Greenlight/)]));
  });
});

describe('YAML', () => {
  const inRelease = (code: string) => `version: 1\nreleases:\n  - name: v1\n${code.replace(/^/gm, '    ')}`;
  const files = blocks('yaml');

  test.each(files.map(({ title, code }) => [title, code]))('%s is a valid file', (_title, code) => {
    // Limits of a release are shown by themselves.
    const text = code.startsWith('expect:') ? inRelease(code) : code;
    const document = parse(text) as object;
    if ('releases' in document) return void expect(parsePlan(text, 'rehearsal.yaml').releases).not.toEqual([]);
    expect(validateSuite(document as Suite)).toEqual([]);
  });

  test('there are some', () => {
    expect(files.length).toBeGreaterThan(1);
  });
});

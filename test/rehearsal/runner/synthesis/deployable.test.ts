import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  App,
  CfnMapping,
  CliCredentialsStackSynthesizer,
  CustomResource,
  LegacyStackSynthesizer,
  NestedStack,
  Stack,
  type StackProps,
  Stage,
} from 'aws-cdk-lib';
import { CfnFunction, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { isPython } from '../../../../rehearsal/services/lambda/python';
import { customResourceProblem } from '../../../../rehearsal/services/lambda/runtimes';
import { stackProblems } from '../../../../rehearsal/runner/synthesis/deployable';
import { temporaryDirectory } from '../../../support/temporary';

const WITHOUT = 'this machine has no python3. Remedy: install it';

const withoutPython = (runtime: string) =>
  isPython(runtime) ? `has runtime ${runtime}, and ${WITHOUT}` : customResourceProblem(runtime);

/** Problems of the stack `Shop`, which `make` fills, on a machine without Python. */
function problems(make: (stack: Stack) => void, props: StackProps = {}): string[] {
  const app = new App({ outdir: temporaryDirectory('deployable'), context: { 'aws:cdk:enable-path-metadata': true } });
  make(new Stack(app, 'Shop', props));
  return stackProblems(app.synth().directory, 'Shop', withoutPython);
}

const handler = (scope: Stack, id: string, runtime: Runtime) =>
  new LambdaFunction(scope, id, { runtime, handler: 'index.handler', code: Code.fromInline('x') });

test('a custom resource in Python, such as BucketDeployment, is refused with the remedy on a machine without Python', () => {
  const site = temporaryDirectory('site');
  writeFileSync(join(site, 'index.html'), 'x');
  const [problem, ...more] = problems((stack) => {
    const destinationBucket = new Bucket(stack, 'Site');
    new BucketDeployment(stack, 'Deploy', { sources: [Source.asset(site)], destinationBucket });
  });
  expect(more).toEqual([]);
  expect(problem).toMatch(
    /^Shop\/Deploy\/CustomResource\S* \(Custom::CDKBucketDeployment\) is made by a function that has runtime python/,
  );
  expect(problem).toContain(`${WITHOUT}; or leave it out in rehearsals`);
  expect(problem).toContain("if (!this.node.tryGetContext('rehearsal'))");
});

test("one behind the CDK's Provider is refused too, in a stack that the released one depends on, and in a stage", () => {
  const app = new App({ outdir: temporaryDirectory('deployable'), context: { 'aws:cdk:enable-path-metadata': true } });
  const stage = new Stage(app, 'Prod');
  const base = new Stack(stage, 'Base');
  const { serviceToken } = new Provider(base, 'Provider', {
    onEventHandler: handler(base, 'Event', Runtime.PYTHON_3_13),
  });
  new CustomResource(base, 'Thing', { serviceToken });
  const shop = new Stack(stage, 'Shop');
  new Bucket(shop, 'Bucket');
  shop.addStackDependency(base);
  const found = stackProblems(app.synth().directory, 'Prod/Shop', withoutPython);
  expect(found).toEqual([expect.stringMatching(/Prod\/Base\/Thing .*has runtime python3\.13.* or leave it out/)]);
});

test('functions of Node, and others that no custom resource calls, are no problem', () => {
  const found = problems((stack) => {
    handler(stack, 'Python', Runtime.PYTHON_3_13);
    const { serviceToken } = new Provider(stack, 'Provider', {
      onEventHandler: handler(stack, 'Node', Runtime.NODEJS_22_X),
    });
    new CustomResource(stack, 'Thing', { serviceToken });
    new Bucket(new NestedStack(stack, 'Nested'), 'Bucket');
  });
  expect(found).toEqual([]);
});

test('a function whose runtime the template looks up by Region, as the CDK writes its own, is no problem', () => {
  const found = problems((stack) => {
    const own = handler(stack, 'Own', Runtime.NODEJS_22_X);
    const child = own.node.defaultChild as CfnFunction;
    new CfnMapping(stack, 'Map', { mapping: { 'us-east-1': { value: 'nodejs22.x' } } });
    child.addPropertyOverride('Runtime', { 'Fn::FindInMap': ['Map', { Ref: 'AWS::Region' }, 'value'] });
    new CustomResource(stack, 'Thing', { serviceToken: own.functionArn });
  });
  expect(found).toEqual([]);
});

test('a function that is a container image is refused where a custom resource calls it', () => {
  const found = problems((stack) => {
    const image = new CfnFunction(stack, 'Image', {
      packageType: 'Image',
      code: { imageUri: 'x' },
      role: 'arn:aws:iam::111122223333:role/x',
    });
    new CustomResource(stack, 'Thing', { serviceToken: image.attrArn });
  });
  expect(found).toEqual([expect.stringContaining('has runtime a container image')]);
});

test.each([
  ['LegacyStackSynthesizer', () => new LegacyStackSynthesizer()],
  ['CliCredentialsStackSynthesizer', () => new CliCredentialsStackSynthesizer()],
] as const)('a stack of a %s is refused with the synthesizer to take', (name, synthesizer) => {
  const found = problems((stack) => void new Bucket(stack, 'Bucket'), { synthesizer: synthesizer() });
  expect(found).toEqual([
    expect.stringMatching(new RegExp(`stack Shop .*${name}.*new DefaultStackSynthesizer\\(\\)`)) as string,
  ]);
});

test('a folder without an assembly has no problem of its own', () => {
  const empty = join(temporaryDirectory('empty'), 'out');
  mkdirSync(empty);
  expect(stackProblems(empty, 'Shop')).toEqual([]);
});

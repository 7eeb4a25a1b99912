import { App, Stack } from 'aws-cdk-lib';
import { MachineImage, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationListener, ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { contextExample, missingContext } from '../../../../rehearsal/runner/synthesis/missing-context';
import { SynthesisError } from '../../../../rehearsal/runner/synthesis/synthesis';
import { temporaryDirectory } from '../../../support/temporary';

const env = { account: '222222222222', region: 'eu-west-1' };

/** What the CDK asks for when the app rounds these up, with this context. */
function missing(lookUp: (stack: Stack) => void, context: Record<string, unknown> = {}) {
  const app = new App({ outdir: temporaryDirectory('missing'), context });
  const stack = new Stack(app, 'Shop', { env });
  new Bucket(stack, 'Bucket');
  lookUp(stack);
  return missingContext(app.synth().directory);
}

const LOOKUPS: readonly (readonly [string, (stack: Stack) => void])[] = [
  ['a hosted zone', (stack) => void HostedZone.fromLookup(stack, 'Zone', { domainName: 'example.com' })],
  [
    'a load balancer',
    (stack) => void ApplicationLoadBalancer.fromLookup(stack, 'Lb', { loadBalancerTags: { a: 'b' } }),
  ],
  [
    'a listener',
    (stack) => void ApplicationListener.fromLookup(stack, 'L', { listenerPort: 443, loadBalancerTags: { a: 'b' } }),
  ],
  ['a security group', (stack) => void SecurityGroup.fromLookupById(stack, 'Sg', 'sg-1')],
  ['an AMI', (stack) => void MachineImage.lookup({ name: 'x' }).getImage(stack)],
  ['availability zones', (stack) => void stack.availabilityZones],
  ['a key', (stack) => void Key.fromLookup(stack, 'Key', { aliasName: 'alias/x' })],
];

test.each(LOOKUPS)(
  '%s that is not found: the message has what to write into cdk.context.json, and it works',
  (_what, lookUp) => {
    let context: Record<string, unknown> = {};
    const open = () => missing(lookUp, context).filter(({ provider }) => provider !== 'vpc-provider');
    // What is found may lead to another lookUp-up: of a load balancer's security group.
    for (let found = open(), rounds = 0; found.length > 0 && rounds < 3; found = open(), rounds++) {
      const { message } = new SynthesisError('the CDK app does not synthesize', 1, 'whatever the CLI said', found);
      const [text = '{}'] = /\{\n[\s\S]*\n\}/.exec(message.slice(message.indexOf('write the file'))) ?? [];
      context = { ...context, ...(JSON.parse(text) as Record<string, unknown>) };
    }
    expect(Object.keys(context)).not.toEqual([]);
    expect(open()).toEqual([]);
  },
);

test('VPCs and parameters are seeded, and need no context', () => {
  const found = missing((stack) => {
    Vpc.fromLookup(stack, 'Vpc', { isDefault: true });
    StringParameter.valueFromLookup(stack, '/shared/name');
  });
  expect(contextExample(found)).toBeUndefined();
  expect(new SynthesisError('failed', 1, '', found).message).toContain('seed:\n  - account:');
  expect(missingContext(temporaryDirectory('none'))).toEqual([]);
});

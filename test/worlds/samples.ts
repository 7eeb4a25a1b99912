/** The sample stacks, each synthesized once for all worlds. */
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { createApp } from '../../bin/app';
import { createApp as createGated } from '../../examples/gate/app';
import { createApp as createOwnVpc } from '../../examples/own-vpc/app';
import { BlueGreenService, ServiceTask, SmokeSuite, TrafficShift } from '../../lib';
import type { Suite } from '../../smoke/suite/model';

/** Where a template has the version that is released. */
export const VERSION = '<version>';

export type Sample = 'service' | 'app' | 'own-vpc' | 'gate';

export interface Synthesized {
  readonly text: string;
  /** Logical id of the resource that ships. */
  readonly release: string;
}

const SUITE: Suite = { compare: false, checks: [{ name: 'orders', path: '/orders' }] };
const WITH_SECRET: Suite = {
  ...{ compare: false, variables: { 'secret-of-check-3': null } },
  checks: [
    { name: 'report', path: '/report', auth: { type: 'header', secret: '${secret-of-check-3}', name: 'x-api-key' } },
  ],
};

/** What is next to the gate's handler. Bodies of responses are empty in a world, so no check is of one. */
export function suiteOf(sample: Sample): Suite {
  if (sample === 'gate') return WITH_SECRET;
  return sample === 'own-vpc' ? { ...SUITE, variables: { version: null } } : SUITE;
}

/** The options of the sample app that bring grants; an approval brings none. */
const OPTIONS = { image: '111111111111.dkr.ecr.us-east-1.amazonaws.com/web:1', shift: 'canary:10:2', bakeMinutes: '5' };

const synthesized = new Map<Sample, Synthesized>();

export function synthesizedOf(sample: Sample): Synthesized {
  const known = synthesized.get(sample) ?? synthesize(sample);
  synthesized.set(sample, known);
  return known;
}

function synthesize(sample: Sample): Synthesized {
  const app = new App({
    // Other tests validate the templates.
    builtinCloudFormationValidation: false,
    context: {
      ...{ '@aws-cdk/core:annotationsInValidationReport': false, version: VERSION },
      ...(sample === 'app' && OPTIONS),
    },
  });
  const stack = stackOf(sample, app);
  // Without what `cdk bootstrap` has left in an account.
  const {
    Resources = {},
    Outputs = {},
    Mappings = {},
  } = Template.fromStack(stack).toJSON() as Partial<Record<string, Record<string, { Type: string }>>>;
  const [release = ''] =
    Object.entries(Resources).find(([, { Type }]) => Type === 'Custom::GreenlightEcsRelease') ?? [];
  return { text: JSON.stringify({ Resources, Outputs, Mappings }), release };
}

function stackOf(sample: Sample, app: App): Stack {
  if (sample === 'service') return createService(app);
  const { children } = { app: createApp, 'own-vpc': createOwnVpc, gate: createGated }[sample](app).node;
  const stack = children.find((child) => Stack.isStack(child));
  if (!stack) throw new Error(`the app of ${sample} has no stack`);
  return stack;
}

/** The smallest stack, in a VPC that is there: the worlds that seeds decide have it. */
function createService(app: App): Stack {
  const stack = new Stack(app, 'Shop', { env: { account: '111111111111', region: 'us-east-1' } });
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    vpcCidrBlock: '10.0.0.0/16',
    availabilityZones: ['us-east-1a', 'us-east-1b'],
    publicSubnetIds: ['subnet-0123456789abcdef1', 'subnet-0123456789abcdef2'],
    privateSubnetIds: ['subnet-0123456789abcdef3', 'subnet-0123456789abcdef4'],
  });
  new BlueGreenService(stack, 'Web', {
    vpc,
    task: ServiceTask.fromImage(ContainerImage.fromRegistry('example/web:1'), {
      containerPort: 8080,
      environment: { VERSION },
    }),
    trafficShift: TrafficShift.canary({ percent: 10, interval: Duration.minutes(2) }),
    bakeTime: Duration.minutes(5),
    suite: SmokeSuite.of({ name: 'orders', path: '/orders' }).withoutComparison(),
  });
  return stack;
}

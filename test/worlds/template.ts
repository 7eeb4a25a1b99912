/** The template of the sample service, synthesized once; a release changes the version in its task definition. */
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { BlueGreenService, ServiceTask, SmokeSuite, TrafficShift } from '../../lib';
import type { Suite } from '../../smoke/suite/model';

const VERSION = '<version>';

export interface Variation {
  readonly version: string;
  /** Changes a setting of the release, and nothing that ships. */
  readonly settings?: number;
  /** A grant that the stack's roles do without, of `grantsOf`. */
  readonly without?: TemplateGrant;
  /** Changes the listeners' live routes. */
  readonly routes?: number;
  /** Another resource of the stack, made after the release, cannot be made. */
  readonly breaks?: boolean;
}

/** One action of one statement of a policy in the template. */
export interface TemplateGrant {
  /** Logical id of the policy, or of the role that holds it. */
  readonly holder: string;
  /** Of the statement, counted over all policies of the holder. */
  readonly statement: number;
  readonly action: string;
}

interface TemplateStatement {
  Effect: string;
  Action: string | string[];
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties: Record<string, unknown> & {
    readonly PolicyDocument?: { Statement: TemplateStatement[] };
    readonly Policies?: { readonly PolicyDocument: { Statement: TemplateStatement[] } }[];
  };
}

type Resources = Record<string, TemplateResource>;

/** What the template's suite is next to the handler. */
export const SUITE: Suite = { compare: false, checks: [{ name: 'orders', path: '/orders' }] };

let synthesized: { readonly text: string; readonly release: string } | undefined;

function synthesize() {
  const stack = new Stack(new App({ context: { '@aws-cdk/core:annotationsInValidationReport': false } }), 'Shop', {
    env: { account: '111111111111', region: 'us-east-1' },
  });
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
  const { Resources = {}, Outputs = {} } = Template.fromStack(stack).toJSON() as Partial<
    Record<string, Record<string, { Type: string }>>
  >;
  const [release = ''] =
    Object.entries(Resources).find(([, { Type }]) => Type === 'Custom::GreenlightEcsRelease') ?? [];
  // Without what `cdk bootstrap` has left in an account.
  return { text: JSON.stringify({ Resources, Outputs }), release };
}

/** Every grant of the roles of the template. */
export function grantsOf(): TemplateGrant[] {
  synthesized ??= synthesize();
  const { Resources } = JSON.parse(synthesized.text) as { Resources: Resources };
  return Object.entries(Resources).flatMap(([holder, resource]) =>
    documentsOf(resource)
      .flatMap(({ Statement }) => Statement)
      .flatMap(({ Action }, statement) => [Action].flat().map((action) => ({ holder, statement, action }))),
  );
}

function documentsOf({ Type, Properties }: TemplateResource): { Statement: TemplateStatement[] }[] {
  if (Type === 'AWS::IAM::Role') return (Properties.Policies ?? []).map(({ PolicyDocument }) => PolicyDocument);
  return Type === 'AWS::IAM::Policy' && Properties.PolicyDocument ? [Properties.PolicyDocument] : [];
}

function remove(resources: Resources, { holder, statement, action }: TemplateGrant): void {
  const resource = resources[holder];
  const found = (resource ? documentsOf(resource) : []).flatMap(({ Statement }) => Statement)[statement];
  if (!found) throw new Error(`${holder} has no statement ${statement}`);
  const left = [found.Action].flat().filter((each) => each !== action);
  // A statement of an action that nobody calls allows nothing.
  found.Action = left.length > 0 ? left : 'none:Nothing';
}

/** As `cdk deploy` would send it. */
export function templateOf({ version, settings = 0, routes = 0, breaks = false, without }: Variation): string {
  synthesized ??= synthesize();
  const text = synthesized.text.replaceAll(VERSION, version);
  if (!breaks && settings === 0 && routes === 0 && !without) return text;
  const template = JSON.parse(text) as { Resources: Resources };
  const release = template.Resources[synthesized.release];
  if (release) release.Properties.TimeoutSeconds = String(Number(release.Properties.TimeoutSeconds) - settings);
  for (const { Type, Properties } of Object.values(template.Resources))
    if (routes > 0 && Type === 'Custom::GreenlightLiveRoute') Properties.ServiceName = `Web, route ${routes}`;
  if (without) remove(template.Resources, without);
  const broken = { Type: 'AWS::IAM::Policy', DependsOn: [synthesized.release], Properties: BROKEN };
  if (breaks) Object.assign(template.Resources, { Broken: broken });
  return JSON.stringify(template);
}

const BROKEN = {
  PolicyName: 'broken',
  Roles: ['nobody'],
  PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] },
};

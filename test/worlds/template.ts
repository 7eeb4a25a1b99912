/** The template of a sample stack as a release changes it. */
import { type Sample, synthesizedOf, VERSION } from './samples';

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
  readonly Resource: unknown;
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties: Record<string, unknown> & {
    readonly PolicyDocument?: { Statement: TemplateStatement[] };
    readonly Policies?: { readonly PolicyDocument: { Statement: TemplateStatement[] } }[];
    readonly Roles?: readonly { readonly Ref: string }[];
  };
}

type Resources = Record<string, TemplateResource>;

/** Every grant of the roles of the template. */
export function grantsOf(sample: Sample): RoleGrant[] {
  const { Resources } = JSON.parse(synthesizedOf(sample).text) as { Resources: Resources };
  return Object.entries(Resources).flatMap(([holder, resource]) => {
    const role = (resource.Type === 'AWS::IAM::Policy' && resource.Properties.Roles?.[0]?.Ref) || holder;
    return documentsOf(resource)
      .flatMap(({ Statement }) => Statement)
      .flatMap(({ Effect, Action, Resource: resources }, statement) =>
        (Effect === 'Allow' ? [Action].flat() : []).map((action) => ({ holder, role, statement, action, resources })),
      );
  });
}

export interface RoleGrant extends TemplateGrant {
  /** Logical id of the role that has it. */
  readonly role: string;
  readonly resources: unknown;
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
export function templateOf(sample: Sample, variation: Variation): string {
  const { version, settings = 0, routes = 0, breaks = false, without } = variation;
  const synthesized = synthesizedOf(sample);
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

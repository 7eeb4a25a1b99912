import { type CfnResource, type IPostProcessor, type IResolvable, type IResolveContext, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Refers to the listener or rule itself, or to the live route: that would be a cycle. */
const LEFT_OUT: readonly string[] = ['ListenerArn'];

/**
 * Everything that the template says of a listener or rule, with the references that CloudFormation resolves: a
 * certificate that is replaced changes its ARN and no text. What refers to `routeId` is left out.
 * @param only the names of the properties that count; default: all
 */
export function fingerprintOf(follower: CfnResource, routeId: string, only?: readonly string[]): unknown {
  const counts = (name: string) => !LEFT_OUT.includes(name) && (only?.includes(name) ?? true);
  const entries = Object.entries(propertiesOf(follower)).filter(([name]) => counts(name));
  return without(Object.fromEntries(entries), routeId);
}

/** The properties of a resource in a template. */
export type Properties = Readonly<Record<string, unknown>>;

/** @returns the new properties; `resolve` is for the tokens in them */
export type Rewrite = (properties: Properties, resolve: (value: unknown) => unknown) => Properties;

/**
 * Gives `rewrite` the last word on the properties of a resource: after construct properties, overrides and aspects. It
 * runs at each rendering, so a later change of the resource is seen too.
 */
export function rewriteProperties(resource: CfnResource, rewrite: Rewrite): void {
  const render = resource._toCloudFormation.bind(resource);
  resource._toCloudFormation = () => new RewrittenFragment(render(), rewrite);
}

interface Fragment {
  readonly Resources?: Readonly<Record<string, { readonly Properties?: Properties }>>;
}

/** A template fragment whose resources are rewritten once their tokens are resolved. */
class RewrittenFragment implements IResolvable, IPostProcessor {
  public readonly creationStack: string[] = [];

  constructor(
    private readonly fragment: object,
    private readonly rewrite: Rewrite,
  ) {}

  resolve(context: IResolveContext): object {
    context.registerPostProcessor(this);
    return this.fragment;
  }

  postProcess(fragment: Fragment, context: IResolveContext): Fragment {
    const resources = Object.entries(fragment.Resources ?? {}).map(([id, resource]) => {
      const Properties = this.rewrite(resource.Properties ?? {}, (value): unknown => context.resolve(value));
      return [id, { ...resource, Properties }];
    });
    return { ...fragment, Resources: Object.fromEntries(resources) as Fragment['Resources'] };
  }
}

/** The properties as the template has them, overrides included. */
export function propertiesOf(resource: CfnResource): Properties {
  const { Resources = {} } = Stack.of(resource).resolve(resource._toCloudFormation()) as Fragment;
  return Object.values(Resources)[0]?.Properties ?? {};
}

/** Tags of the stack reach every resource in it, and CloudFormation then updates listeners too. */
export function stackTagsOf(scope: IConstruct): Record<string, string> {
  return Stack.of(scope).tags.tagValues();
}

function without(value: unknown, routeId: string): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, routeId));
  if (typeof value !== 'object' || value === null) return value;
  const [attribute] = (value as { 'Fn::GetAtt'?: readonly string[] })['Fn::GetAtt'] ?? [];
  if (attribute === routeId) return 'live';
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, without(field, routeId)]));
}

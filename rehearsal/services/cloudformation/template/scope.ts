import type { World } from '../../../core/service';
import { arn, partitionOf, urlSuffixOf } from '../../../core/service';
import { truth, type Scope } from './intrinsics';
import type { ParameterValue, StackOptions } from '../state';
import { invalid, type Template } from './template';

/** What a scope needs to know about the stack around the template. */
export interface ScopeInput {
  readonly stackId: string;
  readonly stackName: string;
  readonly template: Template;
  readonly parameters: readonly ParameterValue[];
  readonly options: StackOptions;
  /** `Ref` of a resource. @throws when it does not exist yet */
  readonly refResource: (logicalId: string) => unknown;
  readonly attribute: (logicalId: string, attribute: string) => unknown;
  readonly exported: (name: string) => string | undefined;
  readonly output: (stackName: string, outputName: string, region: string) => string | undefined;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html */
function pseudoParameters(world: World, input: ScopeInput): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([
    ['AWS::AccountId', world.accountId],
    ['AWS::NotificationARNs', input.options.notificationArns],
    ['AWS::NoValue', undefined],
    ['AWS::Partition', partitionOf(world.region)],
    ['AWS::Region', world.region],
    ['AWS::StackId', input.stackId],
    ['AWS::StackName', input.stackName],
    ['AWS::URLSuffix', urlSuffixOf(world.region)],
  ]);
}

/** The names that a template's intrinsic functions can see. Conditions are evaluated once, when first needed. */
export function createScope(world: World, input: ScopeInput): Scope {
  const { template } = input;
  const values = new Map(pseudoParameters(world, input));
  for (const parameter of input.parameters) values.set(parameter.key, parameter.resolved);
  const conditions = new Map<string, boolean>();
  const scope: Scope = {
    ref: (name) => {
      if (values.has(name)) return values.get(name);
      if (name in template.Resources) return input.refResource(name);
      throw unresolved([name]);
    },
    getAtt: (logicalId, attribute) => {
      if (!(logicalId in template.Resources)) throw unresolved([logicalId]);
      return input.attribute(logicalId, attribute);
    },
    mapping: (name, first, second) => {
      const found = template.Mappings?.[name]?.[first]?.[second];
      if (found === undefined) throw invalid(`Template error: Unable to get mapping for ${name}::${first}::${second}`);
      return found;
    },
    condition: (name) => {
      const known = conditions.get(name);
      if (known !== undefined) return known;
      const declared = template.Conditions?.[name];
      if (declared === undefined) throw invalid(`Template error: unresolved condition dependency ${name}`);
      const value = truth(declared, scope);
      conditions.set(name, value);
      return value;
    },
    importValue: (name) => {
      const value = input.exported(name);
      if (value === undefined) throw invalid(`No export named ${name} found.`);
      return value;
    },
    stackOutput: (stackName, outputName, region = world.region) => {
      const value = input.output(stackName, outputName, region);
      if (value === undefined) throw invalid(`Stack ${stackName} in ${region} has no output ${outputName}`);
      return value;
    },
    availabilityZones: (region) => ['a', 'b', 'c'].map((letter) => `${region}${letter}`),
  };
  return scope;
}

export function unresolved(names: readonly string[]): Error {
  return invalid(
    `Template format error: Unresolved resource dependencies [${names.join(', ')}] in the Resources block of the template`,
  );
}

export function stackArn(world: World, name: string, id: string): string {
  return arn(world, 'cloudformation', `stack/${name}/${id}`);
}

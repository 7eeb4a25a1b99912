import { generatedName } from '../../core/ids';
import { arn, AwsError, type ResourceType, type World } from '../../core/service';
import { checkPattern } from './pattern';
import type { Rule, Rules } from './state';
import type { Target } from './transform';

interface RuleProperties {
  readonly Name?: string;
  readonly EventPattern?: unknown;
  readonly State?: string;
  readonly Targets?: readonly Target[];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html */
export function eventBridgeResourceTypes(world: World, rules: Rules): Readonly<Record<string, ResourceType>> {
  const put = (name: string, properties: RuleProperties): Rule => {
    const { EventPattern: pattern, State = 'ENABLED', Targets: targets = [] } = properties;
    try {
      if (pattern !== undefined) checkPattern(pattern);
    } catch (error) {
      throw new AwsError('InvalidEventPatternException', (error as Error).message);
    }
    const rule = { arn: arn(world, 'events', `rule/${name}`), name, enabled: State !== 'DISABLED', targets };
    const stored: Rule = pattern === undefined ? rule : { ...rule, pattern };
    rules.set(name, stored);
    return stored;
  };
  const type: ResourceType<RuleProperties> = {
    create: ({ properties, stackName, logicalId }) => {
      // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
      const name = properties.Name ?? generatedName({ stackName, logicalId }, world.ids.upper(12), 64);
      const rule = put(name, properties);
      return { physicalId: rule.name, attributes: { Arn: rule.arn } };
    },
    update: ({ properties, current }) => {
      put(current.physicalId, properties);
      return current;
    },
    delete: ({ current }) => void rules.delete(current.physicalId),
  };
  return { 'AWS::Events::Rule': type };
}

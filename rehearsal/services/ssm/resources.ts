import type { ResourceState, ResourceType, World } from '../../core/service';
import { putParameter } from './operations';
import type { Parameter, SsmState } from './state';

interface ParameterProperties {
  readonly Name?: string;
  readonly Type: Parameter['type'];
  readonly Value: string;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html */
export function parameterType(world: Pick<World, 'clock' | 'ids'>, state: SsmState): ResourceType<ParameterProperties> {
  const put = (name: string, { Type, Value }: ParameterProperties, overwrite: boolean): ResourceState => {
    putParameter(world, state, { Name: name, Type, Value, Overwrite: overwrite });
    return { physicalId: name, attributes: { Type, Value } };
  };
  return {
    create: ({ logicalId, properties }) =>
      put(properties.Name ?? `CFN-${logicalId}-${world.ids.upper(12)}`, properties, false),
    update: ({ current, properties }) => put(current.physicalId, properties, true),
    delete: ({ current }) => void state.delete(current.physicalId),
  };
}

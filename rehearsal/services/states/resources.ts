import { arn, AwsError, type ResourceType, type World } from '../../core/service';
import { type Definition, parseDefinition } from './definition';
import { end } from './runner';
import type { StatesState } from './state';

interface StateMachineProperties {
  readonly StateMachineName?: string;
  readonly StateMachineType?: string;
  readonly DefinitionString?: string;
  readonly Definition?: Definition;
  readonly DefinitionSubstitutions?: Readonly<Record<string, string>>;
  readonly RoleArn: string;
}

export function statesResourceTypes(world: World, state: StatesState): Readonly<Record<string, ResourceType>> {
  return { 'AWS::StepFunctions::StateMachine': stateMachine(world, state) };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html */
function stateMachine(world: World, state: StatesState): ResourceType<StateMachineProperties> {
  return {
    create: ({ properties, logicalId }) => {
      // CloudFormation's own pattern for this type: the logical id and a random suffix, 80 characters at most.
      const suffix = world.ids.token(12, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789');
      const name = properties.StateMachineName ?? `${logicalId.slice(0, 67)}-${suffix}`;
      const machineArn = arn(world, 'states', `stateMachine:${name}`);
      const createdAtMs = world.clock.now();
      state.machines.set(machineArn, { arn: machineArn, name, createdAtMs, ...read(properties) });
      return { physicalId: machineArn, attributes: { Arn: machineArn, Name: name } };
    },
    update: ({ properties, current }) => {
      const machine = state.machines.get(current.physicalId);
      if (machine) Object.assign(machine, read(properties));
      return current;
    },
    delete: ({ current }) => {
      state.machines.delete(current.physicalId);
      const running = [...state.executions.values()].filter((execution) => execution.machineArn === current.physicalId);
      for (const execution of running) end(world, execution, { status: 'ABORTED' });
    },
  };
}

function read({ DefinitionString, Definition: object, DefinitionSubstitutions = {}, RoleArn }: StateMachineProperties) {
  const text = DefinitionString ?? JSON.stringify(object ?? {});
  const definitionText = text.replace(/\$\{([\w.]+)\}/g, (whole, key: string) => DefinitionSubstitutions[key] ?? whole);
  try {
    return { definitionText, definition: parseDefinition(definitionText), roleArn: RoleArn };
  } catch (error) {
    throw new AwsError('InvalidDefinition', `Invalid State Machine Definition: '${(error as Error).message}'`);
  }
}

import type { Coverage } from '../../core/coverage';

/** What a rehearsal makes of the properties of Step Functions. */
export const statesCoverage: Readonly<Record<string, Coverage>> = {
  'AWS::StepFunctions::StateMachine': {
    acts: [
      'StateMachineName',
      'StateMachineType',
      'DefinitionString',
      'Definition',
      'DefinitionSubstitutions',
      'RoleArn',
    ],
    ignores: {
      LoggingConfiguration: 'executions are not logged',
      TracingConfiguration: 'nothing is traced',
      DefinitionS3Location: 'the definition is not read from S3',
    },
  },
};

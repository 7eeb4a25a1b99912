import type { Coverage } from '../../core/coverage';

/** What a rehearsal makes of the properties of Lambda. */
export const lambdaCoverage: Readonly<Record<string, Coverage>> = {
  'AWS::Lambda::Function': {
    acts: [
      'FunctionName',
      'Code',
      'Handler',
      'Runtime',
      'Role',
      'Timeout',
      'MemorySize',
      'Environment',
      'Layers',
      'VpcConfig',
      'LoggingConfig',
    ],
    ignores: {
      ReservedConcurrentExecutions: 'concurrency has no limit',
      TracingConfig: 'nothing is traced',
      DeadLetterConfig: 'failed events are not kept',
      FileSystemConfigs: 'nothing is mounted',
      EphemeralStorage: 'storage has no limit',
      Architectures: 'functions run on the processor of this machine',
    },
  },
  'AWS::Lambda::LayerVersion': {
    acts: ['Content', 'LayerName'],
  },
  'AWS::Lambda::Version': {
    acts: ['FunctionName'],
    ignores: { ProvisionedConcurrencyConfig: 'no execution environment is kept ready' },
  },
  'AWS::Lambda::Alias': {
    acts: ['Name', 'FunctionName', 'FunctionVersion', 'RoutingConfig'],
    ignores: { ProvisionedConcurrencyConfig: 'no execution environment is kept ready' },
  },
  'AWS::Lambda::EventInvokeConfig': {
    acts: ['FunctionName', 'Qualifier', 'MaximumRetryAttempts', 'MaximumEventAgeInSeconds'],
    ignores: { DestinationConfig: 'results are sent nowhere' },
  },
  'AWS::Lambda::Permission': {
    acts: ['FunctionName', 'Action', 'Principal', 'SourceArn', 'SourceAccount'],
  },
};

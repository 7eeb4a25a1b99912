import type { Coverage } from '../../../core/coverage';

/** What a rehearsal makes of the properties of CodeDeploy. */
export const codeDeployCoverage: Readonly<Record<string, Coverage>> = {
  'AWS::CodeDeploy::Application': {
    acts: ['ApplicationName', 'ComputePlatform'],
  },
  'AWS::CodeDeploy::DeploymentGroup': {
    acts: [
      'ApplicationName',
      'DeploymentGroupName',
      'ServiceRoleArn',
      'DeploymentConfigName',
      'DeploymentStyle',
      'ECSServices',
      'LoadBalancerInfo',
      'BlueGreenDeploymentConfiguration',
      'AutoRollbackConfiguration',
      'AlarmConfiguration',
    ],
    ignores: { TriggerConfigurations: 'no notification is sent to SNS' },
  },
  'AWS::CodeDeploy::DeploymentConfig': {
    acts: ['DeploymentConfigName', 'ComputePlatform', 'TrafficRoutingConfig'],
  },
};

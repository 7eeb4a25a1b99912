/** What every release resource says of the service that it ships. */
export const SHIPPED = {
  ServiceName: 'web',
  ApplicationName: 'app',
  DeploymentGroupName: 'group',
  DeploymentConfigName: 'config',
  ClusterName: 'cluster',
  EcsServiceName: 'service',
  AppSpec: '{}',
  TaskDefinition: 'web:2',
  TimeoutSeconds: '3000',
} as const;

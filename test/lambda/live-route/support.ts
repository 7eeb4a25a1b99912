import type { CustomResourceEvent } from '../../../lambda/shared/custom-resource';

/** What moves the pair, as properties of the route. */
export const ENGINES = {
  CodeDeploy: { ApplicationName: 'app' },
  ECS: { EcsService: { ClusterName: 'cluster', LogicalId: 'Service' } },
};

/** An update of the route, in a rollback of its stack or not. */
export function routeEvent(engine: keyof typeof ENGINES = 'CodeDeploy'): CustomResourceEvent {
  return {
    RequestType: 'Update',
    ResponseURL: 'https://cloudformation.example/response',
    StackId: 'stack',
    RequestId: 'request-1',
    LogicalResourceId: 'LiveRoute',
    PhysicalResourceId: 'LiveRoute-1',
    ResourceProperties: {
      ServiceName: 'web',
      BlueTargetGroupArn: 'blue',
      GreenTargetGroupArn: 'green',
      Location: { ListenerArn: 'production' },
      ...ENGINES[engine],
    },
  };
}

import type { ServiceDeployment } from '../../../../aws/ecs';
import type { FollowerState } from '../../../../lambda/release/types';
import { world } from '../world';

export const SERVICE = 'arn:aws:ecs:us-east-1:111111111111:service/cluster/web';
export const STACK_SINCE = '2026-11-27T12:00:00.000Z';

export const properties = {
  ServiceName: 'web',
  ServiceLogicalId: 'Service',
  ClusterName: 'cluster',
  GateLogGroups: ['gates'],
  AlarmNames: ['web-errors'],
  TimeoutSeconds: '3480',
  Deployed: { TaskDefinition: 'web:2' },
};

/** Rolled back, unless the changes say otherwise. */
export const deploymentOf = (changes: Partial<ServiceDeployment> = {}): ServiceDeployment => ({
  serviceDeploymentArn: 'arn:aws:ecs:us-east-1:111111111111:service-deployment/cluster/web/abc',
  status: 'ROLLBACK_IN_PROGRESS',
  statusReason: 'Service deployment rolled back because of a reason.',
  sourceServiceRevisions: [{ arn: 'arn:aws:ecs:us-east-1:111111111111:service-revision/cluster/web/1' }],
  targetServiceRevision: {
    arn: 'arn:aws:ecs:us-east-1:111111111111:service-revision/cluster/web/2',
    requestedProductionTrafficWeight: 0,
  },
  createdAt: Date.parse(STACK_SINCE) / 1_000 + 60,
  ...changes,
});

export const HOOK_FAILED =
  'Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT lifecycle hook(s) failed. Lifecycle hook target ' +
  'arn:aws:lambda:us-east-1:111111111111:function:web-gate returned FAILED status.';

const STARTED_AT = new Date().toISOString();

export const followerState = (changes: Partial<FollowerState> = {}): FollowerState => ({
  kind: 'greenlight.follower',
  responseUrl: `http://127.0.0.1:${world.server.port}/response`,
  stackId: 'stack',
  requestId: 'request-1',
  logicalResourceId: 'Follower',
  physicalResourceId: 'Follower-1',
  stackSince: STACK_SINCE,
  startedAt: STARTED_AT,
  properties,
  done: false,
  pollAgainSeconds: 5,
  ...changes,
});

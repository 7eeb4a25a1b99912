import { FargateService } from 'aws-cdk-lib/aws-ecs';
import type { DeploymentFollowerProps } from '../../../lib';
import { serviceIn } from '../support';
import type { Row } from './rows';

export const FOLLOWER: readonly Row<Partial<DeploymentFollowerProps>>[] = [
  [
    'service',
    (stack) => ({
      service: FargateService.fromFargateServiceAttributes(stack, 'Imported', {
        cluster: serviceIn(stack).cluster,
        serviceName: 'web',
      }),
    }),
    'service Test/Imported is imported',
    'create the follower in the stack that creates it',
  ],
];

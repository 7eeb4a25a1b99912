import type { ResourceRequest, World } from '../../core/service';

/** As CloudFormation names what the template does not: `Stack-LogicalId-1A2B3C4D5E6F`. */
export const generatedName = (world: World, request: Pick<ResourceRequest, 'stackName' | 'logicalId'>) =>
  `${request.stackName}-${request.logicalId}-${world.ids.upper(12)}`;

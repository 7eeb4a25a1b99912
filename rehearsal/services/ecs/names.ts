import { generatedName } from '../../core/ids';
import type { ResourceRequest, World } from '../../core/service';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
const NAME_LENGTH_MAX = 255;

/** The name of a service, cluster or family that the template does not name. */
export const nameFor = (world: World, request: Pick<ResourceRequest, 'stackName' | 'logicalId'>) =>
  generatedName(request, world.ids.upper(12), NAME_LENGTH_MAX);

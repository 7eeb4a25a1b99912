import type { ImageSource } from '../images';
import type { RestRequest, RestResponse, Service, World } from '../service';
import { dockerClient, type DockerRequest } from './docker';
import { ecrOperations, LAYER_ROUTE } from './operations';
import { addRepository, repositoryType } from './resources';
import { EcrState } from './state';

/** Where the docker program of a rehearsal sends its command line. */
export const DOCKER_ROUTE = '/_rehearsal/docker';

export interface EcrService extends Service {
  /** Images that were pushed. `find` throws for one that cannot run here and says the remedy. */
  readonly images: ImageSource;
  /** For what an account has before the first deployment. */
  addRepository(name: string): void;
}

export function createEcr(world: World): EcrService {
  const state = new EcrState(`${world.accountId}.dkr.ecr.${world.region}.amazonaws.com`);
  const docker = dockerClient(world, state);
  return {
    prefix: 'ecr',
    protocol: { kind: 'json', targetPrefix: 'AmazonEC2ContainerRegistry_V20150921' },
    operations: ecrOperations(world, state),
    resourceTypes: { 'AWS::ECR::Repository': repositoryType(world, state) },
    routes: {
      [DOCKER_ROUTE]: async ({ body }) => json(200, docker(JSON.parse(body.toString('utf8')) as DockerRequest)),
      [LAYER_ROUTE]: async (request) => layer(state, request),
    },
    images: state,
    addRepository: (name) => void addRepository(world, state, name),
  };
}

function layer(state: EcrState, { path }: RestRequest): RestResponse {
  const digest = path.slice(LAYER_ROUTE.length);
  const all = [...state.repositories.values()].flatMap((repository) => [...repository.images.values()]);
  const found = all.find((image) => image.digest === digest);
  return found ? json(200, found.image) : json(404, { message: `no layer ${digest}` });
}

const json = (status: number, content: unknown): RestResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(content),
});

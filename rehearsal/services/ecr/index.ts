import { covered } from '../../core/coverage';
import { ecrCoverage } from './coverage';
import type { ImageSource } from '../../images';
import type { RestResponse } from '../../core/rest';
import { type Service, urlSuffixOf, type World } from '../../core/service';
import { dockerClient, type DockerRequest } from './docker';
import type { RunPolicy } from '../../images/step';
import { ecrOperations } from './operations';
import { addRepository, repositoryType } from './resources';
import { EcrRegistries, EcrState } from './state';

export interface EcrService extends Service {
  /** Images that were pushed. */
  readonly images: ImageSource;
  /** Where the docker program of this rehearsal sends its command line; a client that has it can run programs. */
  readonly dockerUrl: string;
  /** For what an account has before the first deployment. */
  addRepository(name: string): void;
}

export { EcrRegistries } from './state';

export interface EcrOptions {
  /** Which RUN steps of a Dockerfile may run on this machine. Default: those that stay in the image's folder. */
  readonly runs?: RunPolicy;
  /** The container engine that builds images: `docker`, `podman`, or a path. Default: none. */
  readonly engine?: string;
  /** Of all accounts and regions. */
  readonly registries?: EcrRegistries;
}

export function createEcr(world: World, options: EcrOptions = {}): EcrService {
  const { runs = 'confined', engine, registries = new EcrRegistries() } = options;
  const state = new EcrState(`${world.accountId}.dkr.ecr.${world.region}.${urlSuffixOf(world.region)}`);
  registries.byName.set(state.registry, state);
  const ending = new AbortController();
  const docker = dockerClient(world, registries, { runs, signal: ending.signal, engine });
  return {
    prefix: 'ecr',
    protocol: { kind: 'json', targetPrefix: 'AmazonEC2ContainerRegistry_V20150921' },
    operations: ecrOperations(world, state, registries.layerRoute),
    resourceTypes: covered({ 'AWS::ECR::Repository': repositoryType(world, state) }, ecrCoverage),
    routes: {
      ...registries.dockerRoute.routes(async ({ body }) =>
        json(200, await docker(JSON.parse(body.toString()) as DockerRequest)),
      ),
      ...registries.layerRoute.routes(async (_request, digest) => layer(registries, digest)),
    },
    images: registries,
    dockerUrl: world.endpoint + registries.dockerRoute.path,
    addRepository: (name) => void addRepository(world, state, name),
    stop: async () => ending.abort(new Error('the rehearsal ends')),
  };
}

function layer(registries: EcrRegistries, digest: string): RestResponse {
  const repositories = [...registries.byName.values()].flatMap((state) => [...state.repositories.values()]);
  const all = repositories.flatMap((repository) => [...repository.images.values()]);
  const found = all.find((image) => image.digest === digest);
  return found ? json(200, found.image) : json(404, { message: `no layer ${digest}` });
}

const json = (status: number, content: unknown): RestResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(content),
});

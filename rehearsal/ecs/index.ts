/** ECS on Fargate as a rehearsal needs it: services with task sets, and tasks as local processes. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ImageSource } from '../images';
import type { Service, World } from '../service';
import { type ContainerRuntime, LocalProcesses } from './containers';
import { ecsOperations } from './operations';
import { Reconciler } from './reconciler';
import { ecsResources } from './resources';
import { Services } from './services';
import { EcsState } from './state';

export interface EcsOptions {
  readonly images: ImageSource;
  /** Default: `bundles/preload/task.cjs` of this package. */
  readonly preload?: string;
  /** Default: local processes. */
  readonly runtime?: ContainerRuntime;
}

export interface EcsService extends Service {
  stop(): Promise<void>;
}

/** The package's own bundle, found from the sources as well as from the built files. */
function bundledPreload(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return join(folder, 'bundles', 'preload', 'task.cjs');
}

/** @throws Error when the preload is not built */
export function createEcs(world: World, options: EcsOptions): EcsService {
  const preload = options.preload ?? bundledPreload();
  if (!existsSync(preload)) throw new Error(`${preload} is missing: run npm run bundle`);
  const runtime = options.runtime ?? new LocalProcesses();
  const state = new EcsState(world);
  const reconciler = new Reconciler({ world, images: options.images, runtime, preload }, state);
  const services = new Services(world, state, reconciler);
  return {
    prefix: 'ecs',
    protocol: { kind: 'json', targetPrefix: 'AmazonEC2ContainerServiceV20141113' },
    operations: ecsOperations(world, services),
    resourceTypes: ecsResources(world, services),
    stop: async () => {
      services.stop();
      reconciler.stop();
      await runtime.stop();
    },
  };
}

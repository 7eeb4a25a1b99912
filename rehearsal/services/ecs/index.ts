import { covered } from '../../core/coverage';
import { ecsCoverage } from './coverage';
/** ECS on Fargate as a rehearsal needs it: services with task sets, and tasks as local processes. */
import { preloadFile } from '../../../common/bundles';
import type { ImageSource } from '../../images';
import type { Service, World } from '../../core/service';
import { type ContainerRuntime, LocalProcesses } from './task/containers';
import { Task } from './task/task';
import { ecsOperations } from './operations';
import { type CreateTask, Reconciler } from './reconciler';
import { ecsResources } from './resources';
import { Services } from './services';
import { EcsState } from './state';

export interface EcsOptions {
  readonly images: ImageSource;
  /** Default: the one of this package. */
  readonly preload?: string;
  /** The container engine that runs images. Default: none, images run as local processes. */
  readonly engine?: string | undefined;
  /** Default: local processes. */
  readonly runtime?: ContainerRuntime;
  /** Default: tasks whose containers run on this machine. */
  readonly createTask?: CreateTask;
}

export interface EcsService extends Service {
  stop(): Promise<void>;
}

export function createEcs(world: World, options: EcsOptions): EcsService {
  const preload = options.preload ?? preloadFile('task');
  const runtime = options.runtime ?? new LocalProcesses();
  const state = new EcsState(world);
  const environment = { world, images: options.images, runtime, preload, engine: options.engine };
  const createTask: CreateTask = options.createTask ?? ((...parts) => new Task(...parts));
  const reconciler = new Reconciler(environment, state, createTask);
  const services = new Services(world, state, reconciler);
  return {
    prefix: 'ecs',
    protocol: { kind: 'json', targetPrefix: 'AmazonEC2ContainerServiceV20141113' },
    operations: ecsOperations(world, services),
    resourceTypes: covered(ecsResources(world, services), ecsCoverage),
    stop: async () => {
      services.stop();
      reconciler.stop();
      await runtime.stop();
    },
  };
}

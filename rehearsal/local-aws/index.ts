import { recordFault } from '../core/faults';
import { addDeployers } from './bootstrap';
import { ScaledClock } from '../core/clock';
import { startResponseServer } from '../services/cloudformation';
import type { LocalWorld } from '../core/dispatch';
import { type Endpoint, startEndpoint } from '../core/endpoint';
import { type Client, deployerEnvironment, writeClientScript } from './environment';
import { EventLog } from '../core/events';
import { Ids } from '../core/ids';
import type { RunPolicy } from '../images/step';
import { Network } from '../core/network';
import type { Credentials } from '../core/service';
import { defaultParameters, type Parameters } from '../core/parameters';
import { noteEngine } from '../core/processes/engine-containers';
import { RunDirectory } from '../core/processes/run-directory';
import { createShared, type Services } from './services';
import { type Environment, type Place, Worlds, type WorldsOptions } from './worlds';

export type { Services } from './services';
export type { Environment, Place } from './worlds';

export interface LocalAwsOptions {
  /** How many times faster than real time AWS time runs, 1 to 600. */
  readonly speed: number;
  /** Of all generated ids. Default 1. */
  readonly seed?: number;
  readonly parameters?: Partial<Parameters>;
  /** Of the deployer. Default `us-east-1`. */
  readonly region?: string;
  /** Of the deployer. Default `111111111111`. */
  readonly accountId?: string;
  /** Where the CDK app's packages are. Default the working directory. */
  readonly appDirectory?: string;
  /** Which RUN steps of a Dockerfile may run on this machine. Default: those that stay in the image's folder. */
  readonly build?: { readonly run?: RunPolicy };
  /** The container engine that builds and runs images: `docker`, `podman`, or a path. Default: none. */
  readonly containers?: string;
}

export interface LocalAws {
  /** The deployer's own account and region. */
  readonly world: LocalWorld;
  /** `http://127.0.0.1:<port>`: what AWS_ENDPOINT_URL must be. */
  readonly endpoint: string;
  readonly clock: ScaledClock;
  readonly events: EventLog;
  readonly network: Network;
  /** Of the deployer's own account and region. */
  readonly services: Services;
  /** Another account or region, made when it is first requested; what is left out is the deployer's own. */
  worldOf(environment: Partial<Environment>): Place;
  /** Every account and region in use, the deployer's own first. */
  places(): readonly Place[];
  /** Environment in which the CDK CLI, SDKs and the AWS CLI talk to this AWS as its deployer. */
  deployerEnvironment(): Record<string, string>;
  /** Keys of an administrator of the deployer's own account, for clients in this process. */
  administratorKeys(): Credentials;
  /**
   * Writes files that a shell sources to become a client, for programs that live on the machine's clock: as the deployer,
   * who may assume the roles of `cdk bootstrap` and read, and as an administrator. @returns their paths
   */
  clientScripts(): { readonly deployer: string; readonly administrator: string };
  /** Ends every process, server and timer and removes the rehearsal's directory. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts a local AWS with a bootstrapped account.
 * @throws RangeError for a bad speed; Error when the package is incomplete. Nothing is left running then.
 */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const { region = 'us-east-1', accountId = '111111111111' } = options;
  const clock = new ScaledClock(options.speed);
  const directory = new RunDirectory();
  if (options.containers !== undefined) noteEngine(directory.path, options.containers);
  const common = createCommon(clock, directory.path, options);
  clock.onFault = (error) => recordFault(common.events, error);
  const shared = createShared(common, options);
  const responses = await startResponseServer(shared.responses, common.network, common.directory);
  const home = { accountId, region };
  const worlds = new Worlds(common, home, shared, (used) => responses.serve(used));
  const { authority } = worlds.iamOf(home);
  const locate = (environment: Environment) => worlds.of(environment).world;
  const endpoint = await startEndpoint(worlds.worldOf(home), authority, locate);
  worlds.endpoint = endpoint.url;
  const stop = async () => {
    // In this order: nobody calls any more, then services end in the reverse of their start, then time, then files go.
    await endAll(endpoint, worlds);
    await responses.close();
    clock.stop();
    directory.end();
  };
  try {
    const { world, services } = worlds.of(home);
    const keys = addDeployers(services.iam);
    const client = (name: keyof typeof keys): Client => ({ keys: keys[name], dockerUrl: services.ecr.dockerUrl });
    return {
      world,
      endpoint: endpoint.url,
      clock,
      events: common.events,
      network: common.network,
      services,
      worldOf: (environment) => worlds.of({ ...home, ...environment }),
      places: () => worlds.all(),
      deployerEnvironment: () => deployerEnvironment(world, client('deployer')),
      administratorKeys: () => keys.administrator,
      clientScripts: () => ({
        deployer: writeClientScript(world, 'env.sh', client('deployer')),
        administrator: writeClientScript(world, 'env-administrator.sh', client('administrator')),
      }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function endAll(endpoint: Endpoint, worlds: Worlds): Promise<void> {
  await endpoint.close();
  for (const { world } of [...worlds.all()].reverse()) {
    for (const service of [...world.services()].reverse()) await service.stop?.();
  }
}

function createCommon(clock: ScaledClock, directory: string, { seed = 1, parameters }: LocalAwsOptions): WorldsOptions {
  return {
    clock,
    events: new EventLog(clock),
    ids: new Ids(seed),
    network: new Network(),
    parameters: { ...defaultParameters, ...parameters },
    directory,
  };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApplicationAutoScaling } from './applicationautoscaling';
import { bootstrapAccount } from './bootstrap';
import { ScaledClock } from './clock';
import { createCloudFormation } from './cloudformation';
import { createCloudWatch } from './cloudwatch';
import { createCodeDeploy } from './codedeploy';
import { LocalWorld } from './dispatch';
import { createEc2 } from './ec2';
import { createEcr } from './ecr';
import { createEcs } from './ecs';
import { createElasticLoadBalancing } from './elasticloadbalancing';
import { createEventBridge } from './eventbridge';
import { startEndpoint } from './endpoint';
import { deployerEnvironment } from './environment';
import { EventLog } from './events';
import { createIam } from './iam';
import { Ids } from './ids';
import type { RunPolicy } from './images/step';
import { createLambda } from './lambda';
import { createLogs } from './logs';
import { Network } from './network';
import { defaultParameters, type Parameters } from './parameters';
import { createS3 } from './s3';
import { createSecretsManager } from './secretsmanager';
import { AwsError, type ResourceType, type Service } from './service';
import { createSns } from './sns';
import { createSsm } from './ssm';
import { createStates } from './states';
import { createSts } from './sts';

export interface LocalAwsOptions {
  /** How many times faster than real time AWS time runs, 1 to 600. */
  readonly speed: number;
  /** Of all generated ids. Default 1. */
  readonly seed?: number;
  readonly parameters?: Partial<Parameters>;
  /** Default `us-east-1`. */
  readonly region?: string;
  /** Default `111111111111`. */
  readonly accountId?: string;
  /** Which RUN steps of a Dockerfile may run on this machine. Default: those that stay in the image's folder. */
  readonly build?: { readonly run?: RunPolicy };
  /** The container engine that builds and runs images: `docker`, `podman`, or a path. Default: none. */
  readonly containers?: string;
}

export type Services = ReturnType<typeof createServices>;

export interface LocalAws {
  readonly world: LocalWorld;
  /** `http://127.0.0.1:<port>`: what AWS_ENDPOINT_URL must be. */
  readonly endpoint: string;
  readonly clock: ScaledClock;
  readonly events: EventLog;
  readonly network: Network;
  readonly services: Services;
  /** Environment in which the CDK CLI, SDKs and the AWS CLI talk to this AWS as its deployer. */
  deployerEnvironment(): Record<string, string>;
  /** Ends every process, server and timer and removes the rehearsal's directory. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts a local AWS with a bootstrapped account.
 * @throws RangeError for a bad speed; Error when the package is incomplete. Nothing is left running then.
 */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const clock = new ScaledClock(options.speed);
  const world = createWorld(clock, options);
  clock.onFault = (error) => {
    const fault = error instanceof Error ? error : new Error(String(error));
    world.events.record('aws', 'fault', `The rehearsal failed: ${fault.message}`, { stack: fault.stack });
  };
  const iam = createIam(world);
  world.useAuthority(iam.authority);
  const endpoint = await startEndpoint(world, iam.authority);
  const stop = async () => {
    // In this order: nobody calls any more, then services end in the reverse of their start, then time, then files go.
    await endpoint.close();
    for (const service of [...world.services()].reverse()) await service.stop?.();
    clock.stop();
    rmSync(world.directory, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const services = createServices(world, iam, options);
    const deployer = bootstrapAccount(world, services);
    return {
      world,
      endpoint: endpoint.url,
      clock,
      events: world.events,
      network: world.network,
      services,
      deployerEnvironment: () => deployerEnvironment(world, { keys: deployer, dockerUrl: services.ecr.dockerUrl }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function createWorld(clock: ScaledClock, options: LocalAwsOptions): LocalWorld {
  const { seed = 1, region = 'us-east-1', accountId = '111111111111', parameters } = options;
  return new LocalWorld({
    clock,
    events: new EventLog(clock),
    ids: new Ids(seed),
    network: new Network(),
    region,
    accountId,
    parameters: { ...defaultParameters, ...parameters },
    directory: mkdtempSync(join(tmpdir(), 'greenlight-')),
  });
}

/** In the order in which they start; they end in the reverse. */
function createServices(
  world: LocalWorld,
  iam: ReturnType<typeof createIam>,
  { build, containers }: Pick<LocalAwsOptions, 'build' | 'containers'>,
) {
  const s3 = createS3(world);
  const ecr = createEcr(world, { runs: build?.run, engine: containers });
  const readObject = async (bucket: string, key: string): Promise<Buffer> => {
    const found = s3.getObject(bucket, key);
    if (!found) throw new AwsError('NoSuchKey', `The specified key does not exist: s3://${bucket}/${key}`, 404);
    return found;
  };
  const services = {
    iam: world.register(iam),
    sts: world.register(createSts(world, iam.authority)),
    ssm: world.register(createSsm(world)),
    secretsmanager: world.register(createSecretsManager(world)),
    s3: world.register(s3),
    ecr: world.register(ecr),
    logs: world.register(createLogs(world)),
    cloudwatch: world.register(createCloudWatch(world)),
    sns: world.register(
      createSns(world, { authorizeService: (policy, access) => iam.authority.authorizeService(policy, access) }),
    ),
    events: world.register(createEventBridge(world)),
    ec2: world.register(createEc2(world)),
    elasticloadbalancing: world.register(createElasticLoadBalancing(world)),
    ecs: world.register(createEcs(world, { images: ecr.images })),
    applicationautoscaling: world.register(createApplicationAutoScaling(world)),
    lambda: world.register(createLambda(world, { readObject })),
    states: world.register(createStates(world)),
    codedeploy: world.register(createCodeDeploy(world)),
  };
  const resourceTypes = mergedTypes(Object.values(services));
  const cloudformation = world.register(createCloudFormation(world, { resourceTypes, readObject }));
  return { ...services, cloudformation };
}

/** @throws Error when two services claim one type */
function mergedTypes(services: readonly Service[]): Readonly<Record<string, ResourceType>> {
  const merged: Record<string, ResourceType> = {};
  for (const { prefix, resourceTypes = {} } of services) {
    for (const [name, type] of Object.entries(resourceTypes)) {
      if (merged[name]) throw new Error(`${name} of ${prefix} is another service's already`);
      merged[name] = type;
    }
  }
  return merged;
}

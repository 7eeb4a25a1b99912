/** The local AWS's services with nothing of this machine: no process, no socket, no file. */
import { tmpdir } from 'node:os';
import { createAuthority } from '../../rehearsal/core/certificate';
import { LocalWorld } from '../../rehearsal/core/dispatch';
import { EventLog } from '../../rehearsal/core/events';
import { Ids } from '../../rehearsal/core/ids';
import { Network } from '../../rehearsal/core/network';
import { defaultParameters } from '../../rehearsal/core/parameters';
import { arn, type ResourceType, type Service } from '../../rehearsal/core/service';
import { createApplicationAutoScaling } from '../../rehearsal/services/application-autoscaling';
import { createCloudFormation, Responses } from '../../rehearsal/services/cloudformation';
import { createCloudWatch } from '../../rehearsal/services/cloudwatch';
import { createCodeDeploy } from '../../rehearsal/services/codedeploy';
import { createEc2 } from '../../rehearsal/services/ec2';
import { createEcr } from '../../rehearsal/services/ecr';
import { createEcs } from '../../rehearsal/services/ecs';
import { createElasticLoadBalancing } from '../../rehearsal/services/elasticloadbalancing';
import type { Sockets } from '../../rehearsal/services/elasticloadbalancing/data-plane';
import { createEventBridge } from '../../rehearsal/services/events';
import { createIam } from '../../rehearsal/services/iam';
import { Invoker } from '../../rehearsal/services/lambda/invoke';
import { lambdaOperations, lambdaRest } from '../../rehearsal/services/lambda/operations';
import { demandInterfaces, lambdaResourceTypes } from '../../rehearsal/services/lambda/resources';
import { LambdaState } from '../../rehearsal/services/lambda/state';
import { createLogs } from '../../rehearsal/services/logs';
import { createSecretsManager } from '../../rehearsal/services/secretsmanager';
import { createStates } from '../../rehearsal/services/states';
import type { WorldClock } from './clock';
import type { Functions } from './functions';
import { type Machines, WorldTask } from './tasks';

export interface Means {
  readonly clock: WorldClock;
  readonly seed: number;
  readonly machines: Machines;
  readonly sockets: Sockets;
  readonly functions: () => Functions;
  readonly template: (key: string) => string;
}

/** Fewer polls than a rehearsal has: nobody waits for a world. */
const PARAMETERS = {
  ...defaultParameters,
  serviceSchedulerMs: 15_000,
  deploymentPollMs: 10_000,
  alarmEvaluationMs: 60_000,
};

let authority: ReturnType<typeof createAuthority> | undefined;

/** No client connects, so that one certificate is enough for all worlds. */
class WorldNetwork extends Network {
  override authorityIn() {
    return (authority ??= createAuthority());
  }
}

export function createLocal({ clock, seed }: Means): LocalWorld {
  const local = new LocalWorld({
    ...{ clock, events: new EventLog(clock), ids: new Ids(seed), network: new WorldNetwork() },
    ...{ region: 'us-east-1', accountId: '111111111111', parameters: PARAMETERS, directory: tmpdir() },
  });
  local.endpoint = 'http://127.0.0.1:1';
  return local;
}

export function createServices(local: LocalWorld, means: Means) {
  const iam = local.register(createIam(local));
  local.useAuthority(iam.authority);
  const responses = new Responses();
  const ec2 = createEc2(local);
  const services: Service[] = [
    ...[iam, ec2, createLogs(local), createCloudWatch(local), createElasticLoadBalancing(local, means.sockets)],
    ...[ecsOf(local, means), createApplicationAutoScaling(local), lambdaOf(local, means)],
    ...[createStates(local), createCodeDeploy(local), createEventBridge(local), createSecretsManager(local)],
    ecrOf(local),
  ];
  const types = services.flatMap(({ resourceTypes: own = {} }) => Object.entries(own));
  const resourceTypes: Record<string, ResourceType> = Object.fromEntries(types);
  const readObject = (_bucket: string, key: string) => Promise.resolve(means.template(key));
  services.push(createCloudFormation(local, { resourceTypes, readObject, responses }));
  for (const service of services) local.register(service);
  return { responses, iam, stop: () => stopAll(services) };
}

async function stopAll(services: readonly Service[]): Promise<void> {
  for (const service of services) await service.stop?.();
}

/** Every image is there. */
function ecrOf(local: LocalWorld): Service {
  const ecr = createEcr(local);
  const imageOf = ({ imageTag = 'latest' }: { readonly imageTag?: string }) => ({
    imageId: { imageTag },
    imageManifest: JSON.stringify({ layers: [{ digest: 'sha256:1' }] }),
  });
  const { BatchGetImage, BatchCheckLayerAvailability, GetDownloadUrlForLayer } = ecr.operations;
  return {
    ...ecr,
    operations: {
      ...ecr.operations,
      BatchGetImage: {
        ...BatchGetImage,
        handle: ({ imageIds }: { imageIds: readonly { imageTag?: string }[] }) => ({
          images: imageIds.map(imageOf),
          failures: [],
        }),
      },
      BatchCheckLayerAvailability: { ...BatchCheckLayerAvailability, handle: () => ({ layers: [], failures: [] }) },
      GetDownloadUrlForLayer: { ...GetDownloadUrlForLayer, handle: () => ({}) },
    },
  };
}

function ecsOf(local: LocalWorld, { clock, machines }: Means): Service {
  const nothing = () => {
    throw new Error('a world starts no process');
  };
  return createEcs(local, {
    images: { find: nothing },
    preload: '',
    runtime: { start: nothing, stop: () => Promise.resolve() },
    createTask: (environment, spec, onChange) => new WorldTask(environment, spec, onChange, machines, clock),
  });
}

interface FunctionProperties {
  readonly Role: string;
  readonly VpcConfig?: { readonly SubnetIds?: readonly string[] };
  readonly LoggingConfig?: { readonly LogGroup?: string };
  readonly Timeout?: number;
  readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
}

/** Lambda with all but the code of a function. */
function lambdaOf(local: LocalWorld, { functions }: Means): Service {
  const state = new LambdaState();
  const pool = {
    run: (...parts: Parameters<Functions['run']>) => functions().run(...parts),
    retire: (revision: string) => functions().retire(revision),
  };
  const versionOf = ({ Role, Timeout = 3, Environment, LoggingConfig }: FunctionProperties) =>
    ({
      version: '$LATEST',
      revision: local.ids.uuid(),
      configuration: {
        runtime: 'nodejs22.x',
        roleArn: Role,
        timeoutSeconds: Timeout,
        environment: Environment?.Variables ?? {},
        logGroup: LoggingConfig?.LogGroup ?? '',
      },
    }) as never;
  const fn: ResourceType<FunctionProperties> = {
    create: async ({ stackName, logicalId, properties }) => {
      const name = `${stackName}-${logicalId}`;
      await demandInterfaces(local, name, properties);
      const functionArn = arn(local, 'lambda', `function:${name}`);
      const empty = { versions: new Map(), aliases: new Map(), asyncConfigurations: new Map() };
      state.functions.set(name, { name, arn: functionArn, latest: versionOf(properties), ...empty });
      return { physicalId: name, attributes: { Arn: functionArn } };
    },
    update: ({ current, properties }) => {
      const known = state.functions.get(current.physicalId);
      if (known) state.functions.set(known.name, { ...known, latest: versionOf(properties) });
      return current;
    },
    delete: ({ current }) => void state.functions.delete(current.physicalId),
  };
  const nothing = {} as never;
  const types = lambdaResourceTypes({ world: local, state, pool, source: nothing, layers: nothing });
  return {
    prefix: 'lambda',
    protocol: { kind: 'rest', handle: lambdaRest },
    operations: lambdaOperations(local, state, new Invoker(local, state, pool)),
    resourceTypes: { ...types, 'AWS::Lambda::Function': fn },
  };
}

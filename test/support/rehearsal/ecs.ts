import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { ScaledClock } from '../../../rehearsal/core/clock';
import { createEcs, type EcsService } from '../../../rehearsal/services/ecs';
import type { Parameters } from '../../../rehearsal/core/parameters';
import { AwsError, INTERNAL, type Operations, type Principal, type World } from '../../../rehearsal/core/service';
import { worldOn } from './world';

const ROOT = join(__dirname, '../../..');
export const IMAGE = '111111111111.dkr.ecr.us-east-1.amazonaws.com/assets:v1';
export const GROUP = 'arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/blue/1';
export const EXECUTION_ROLE = 'arn:aws:iam::111111111111:role/execution';
export const SECRET = 'arn:aws:secretsmanager:us-east-1:111111111111:secret:web-AbCdEf';
export const TASK_ROLE = 'arn:aws:iam::111111111111:role/task';

interface Target {
  readonly id: string;
  readonly port: number;
  failures: number;
  wasHealthy: boolean;
  drainedAtMs?: number;
}

interface TargetsInput {
  readonly Targets: { readonly Id: string; readonly Port: number }[];
}

/** A load balancer that probes `/health` when asked, and lets connections drain for 10 s. */
export class FakeLoadBalancer {
  readonly targets = new Map<string, Target>();
  /** What was called, in order. */
  readonly calls: { readonly operation: string; readonly id: string; readonly atMs: number }[] = [];

  constructor(private readonly world: World) {}

  operations: Operations = {
    DescribeTargetGroups: { handle: () => ({ TargetGroups: [{ LoadBalancerArns: ['arn:lb'] }] }) },
    RegisterTargets: {
      handle: (input: TargetsInput) => this.each(input, 'RegisterTargets', (id, port) => this.add(id, port)),
    },
    DeregisterTargets: {
      handle: (input: TargetsInput) =>
        this.each(input, 'DeregisterTargets', (id, port) => {
          const target = this.targets.get(`${id}:${port}`);
          if (target) target.drainedAtMs = this.world.clock.now() + 10_000;
        }),
    },
    DescribeTargetHealth: {
      handle: async () => ({
        TargetHealthDescriptions: (
          await Promise.all(
            [...this.targets.values()].map(async (target) => ({
              Target: { Id: target.id, Port: target.port },
              TargetHealth: { State: await this.state(target), Description: 'Health checks failed' },
            })),
          )
        ).filter((each) => each.TargetHealth.State !== 'gone'),
      }),
    },
  };

  /** The port on loopback of a task's address, as the data plane finds it. */
  localPort(id: string, port: number): number | undefined {
    const route = this.world.network.resolve(id, port, {});
    return 'localPort' in route ? route.localPort : undefined;
  }

  private add(id: string, port: number): void {
    this.targets.set(`${id}:${port}`, { id, port, failures: 0, wasHealthy: false });
  }

  private each(input: TargetsInput, operation: string, act: (id: string, port: number) => void) {
    for (const { Id, Port } of input.Targets) {
      this.calls.push({ operation, id: Id, atMs: this.world.clock.now() });
      act(Id, Port);
    }
    return {};
  }

  private async state(target: Target): Promise<string> {
    if (target.drainedAtMs !== undefined) {
      return this.world.clock.now() < target.drainedAtMs ? 'draining' : 'gone';
    }
    const port = this.localPort(target.id, target.port);
    const ok = await fetch(`http://127.0.0.1:${port}/health`).then(
      (response) => response.ok,
      () => false,
    );
    target.failures = ok ? 0 : target.failures + 1;
    target.wasHealthy ||= ok;
    if (ok) return 'healthy';
    return target.failures >= 3 ? 'unhealthy' : 'initial';
  }
}

export type Denied = (principal: Principal, operation: string) => boolean;

export interface Fixture {
  readonly world: ReturnType<typeof worldOn<ScaledClock>>;
  readonly ecs: EcsService;
  readonly loadBalancer: FakeLoadBalancer;
  /** Lines that reached CloudWatch Logs, by stream. */
  readonly logs: Map<string, string[]>;
  call<Output>(operation: string, input: unknown): Promise<Output>;
  create(type: string, logicalId: string, properties: object, signal?: AbortSignal): Promise<{ physicalId: string }>;
}

/** ECS with real processes of the sample service, at sixty times the speed. */
export function fixture(options: { parameters?: Partial<Parameters>; denied?: Denied } = {}): Fixture {
  const world = worldOn(new ScaledClock(60), { parameters: options.parameters });
  const preload = join(world.directory, 'task.cjs');
  buildSync({
    entryPoints: [join(ROOT, 'rehearsal/preload/task.ts')],
    outfile: preload,
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
  const loadBalancer = new FakeLoadBalancer(world);
  const logs = new Map<string, string[]>();
  const directory = join(ROOT, 'examples/service');
  const built = {
    root: join(world.directory, 'image'),
    directory,
    entrypoint: [],
    command: ['node', 'src/server.js'],
    environment: { FROM_IMAGE: 'yes' },
    pythonPath: [],
    baseImage: 'node',
  };
  const image = { uri: IMAGE, contextDirectory: directory, built };
  const ecs = createEcs(world, { preload, images: { find: (uri) => (uri === IMAGE ? image : undefined) } });
  world.add(ecs);
  world.add({ prefix: 'elasticloadbalancing', operations: loadBalancer.operations });
  world.add({ prefix: 'ecr', operations: guarded(ecrOperations, options.denied) });
  world.add({ prefix: 'logs', operations: guarded(logsOperations(logs), options.denied) });
  world.add({ prefix: 'ssm', operations: guarded(ssmOperations, options.denied) });
  world.add({ prefix: 'secretsmanager', operations: guarded(secretsOperations, options.denied) });
  return {
    world,
    ecs,
    loadBalancer,
    logs,
    call: (operation, input) => world.call(INTERNAL, 'ecs', operation, input),
    create: async (type, logicalId, properties, signal = new AbortController().signal) =>
      ecs.resourceTypes![type]!.create({ stackName: 'S', stackId: 's', logicalId, properties, signal }),
  };
}

const ecrOperations: Operations = {
  GetAuthorizationToken: { handle: () => ({}) },
  BatchGetImage: { handle: () => ({ images: [{}], failures: [] }) },
};

/** Every parameter but those named none. */
const ssmOperations: Operations = {
  GetParameters: {
    handle: ({ Names }: { Names: readonly string[] }) => ({
      Parameters: Names.filter((name) => !name.endsWith('none')).map((name) => ({ Name: name, Value: `of ${name}` })),
    }),
  },
};

const secretsOperations: Operations = {
  GetSecretValue: {
    handle: ({ SecretId, VersionStage = 'AWSCURRENT' }: { SecretId: string; VersionStage?: string }) => ({
      SecretString: JSON.stringify({ user: SecretId.split(':').at(-1), stage: VersionStage, port: 5432 }),
    }),
  },
};

function logsOperations(logs: Map<string, string[]>): Operations {
  return {
    CreateLogStream: { handle: ({ logStreamName }: { logStreamName: string }) => void logs.set(logStreamName, []) },
    PutLogEvents: {
      handle: (input: { logStreamName: string; logEvents: { message: string }[] }) => {
        logs.get(input.logStreamName)?.push(...input.logEvents.map((each) => each.message));
        return {};
      },
    },
  };
}

function guarded(operations: Operations, denied: Denied = () => false): Operations {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      {
        ...operation,
        handle: (input: unknown, call) => {
          if (denied(call.principal, name)) throw new AwsError('AccessDeniedException', `not authorized: ${name}`);
          return operation.handle(input, call);
        },
      } satisfies Operations[string],
    ]),
  );
}

export const taskDefinition = (environment: Record<string, string> = {}, container: object = {}) => ({
  Family: 'web',
  NetworkMode: 'awsvpc',
  RequiresCompatibilities: ['FARGATE'],
  Cpu: '256',
  Memory: '512',
  ExecutionRoleArn: EXECUTION_ROLE,
  TaskRoleArn: TASK_ROLE,
  ContainerDefinitions: [
    {
      Name: 'web',
      Image: IMAGE,
      Essential: true,
      PortMappings: [{ ContainerPort: 8080 }],
      Environment: Object.entries({ VERSION: 'v1', ...environment }).map(([Name, Value]) => ({ Name, Value })),
      LogConfiguration: {
        LogDriver: 'awslogs',
        Options: { 'awslogs-group': 'app', 'awslogs-stream-prefix': 'web', 'awslogs-region': 'us-east-1' },
      },
      ...container,
    },
  ],
});

export const service = (more: object = {}) => ({
  ServiceName: 'web',
  Cluster: 'main',
  TaskDefinition: 'web',
  DesiredCount: 2,
  DeploymentController: { Type: 'CODE_DEPLOY' },
  LaunchType: 'FARGATE',
  LoadBalancers: [{ ContainerName: 'web', ContainerPort: 8080, TargetGroupArn: GROUP }],
  NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['subnet-1'], SecurityGroups: ['sg-1'] } },
  ...more,
});

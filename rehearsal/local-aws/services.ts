import { join } from 'node:path';
import { createApplicationAutoScaling } from '../services/application-autoscaling';
import { createCloudFormation, type Engine, Responses } from '../services/cloudformation';
import { createCloudWatch } from '../services/cloudwatch';
import { createCodeDeploy } from '../services/codedeploy';
import type { LocalWorld, WorldOptions } from '../core/dispatch';
import { createEc2, SecurityGroups } from '../services/ec2';
import { createEcr, EcrRegistries } from '../services/ecr';
import { createEcs } from '../services/ecs';
import { createElasticLoadBalancing } from '../services/elasticloadbalancing';
import { createEventBridge } from '../services/events';
import type { IamService } from '../services/iam';
import type { RunPolicy } from '../images/step';
import { createLambda, lambdaSdk } from '../services/lambda';
import { createLogs } from '../services/logs';
import { createS3, S3State } from '../services/s3';
import { createSecretsManager } from '../services/secretsmanager';
import { AwsError, type ResourceType, type Service } from '../core/service';
import { createSns } from '../services/sns';
import { createSsm } from '../services/ssm';
import { createStates } from '../services/states';
import { createSts } from '../services/sts';

export type Services = ReturnType<typeof createServices>;

/** What is one for all accounts and regions of a rehearsal. */
export type Shared = ReturnType<typeof createShared>;

export interface SharedOptions {
  readonly appDirectory?: string;
  readonly build?: { readonly run?: RunPolicy };
  readonly containers?: string;
}

export function createShared(
  world: Pick<WorldOptions, 'clock' | 'directory'>,
  { appDirectory = process.cwd(), build, containers }: SharedOptions,
) {
  return {
    // Bucket names are unique in all of AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    buckets: new S3State(world.clock, join(world.directory, 's3')),
    images: { registries: new EcrRegistries(), runs: build?.run, engine: containers },
    securityGroups: new SecurityGroups(),
    sdk: lambdaSdk(world, appDirectory),
    responses: new Responses(),
    engines: new Map<string, Engine>(),
  };
}

/**
 * The services of an account in a region, in the order in which they start; they end in the reverse.
 * @param bootstrapFor makes sure that a role that `cdk bootstrap` makes is there
 */
export function createServices(
  world: LocalWorld,
  iam: IamService,
  shared: Shared,
  bootstrapFor: (roleArn: string) => void,
) {
  const s3 = createS3(world, shared.buckets);
  const ecr = createEcr(world, shared.images);
  const readObject = async (bucket: string, key: string): Promise<Buffer> => {
    const found = s3.getObject(bucket, key);
    if (!found) throw new AwsError('NoSuchKey', `The specified key does not exist: s3://${bucket}/${key}`, 404);
    return found;
  };
  const services = {
    iam: world.register(iam),
    sts: world.register(createSts(world, iam.authority, bootstrapFor)),
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
    ec2: world.register(createEc2(world, shared.securityGroups)),
    elasticloadbalancing: world.register(createElasticLoadBalancing(world)),
    ecs: world.register(createEcs(world, { images: ecr.images, engine: shared.images.engine })),
    applicationautoscaling: world.register(createApplicationAutoScaling(world)),
    lambda: world.register(createLambda(world, { readObject, sdk: shared.sdk })),
    states: world.register(createStates(world)),
    codedeploy: world.register(createCodeDeploy(world)),
  };
  const resourceTypes = mergedTypes(Object.values(services));
  const { responses, engines } = shared;
  const cloudformation = world.register(createCloudFormation(world, { resourceTypes, readObject, responses, engines }));
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

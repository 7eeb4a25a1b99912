import { readFileSync } from 'node:fs';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Listener } from '@aws-sdk/client-elastic-load-balancing-v2';
import { ScaledClock } from '../../rehearsal/core/clock';
import { startLocalAws } from '../../rehearsal/local-aws';
import type { Plan } from '../../rehearsal/runner/plan/plan';
import type { Clients } from './histories';
import { WrongUse } from './wrong-use';

/** Where the releases run: AWS itself, or a rehearsal of it. Everything else in this folder makes no difference. */
export interface Target {
  readonly source: 'aws' | 'rehearsal';
  readonly region: string;
  readonly clock: ScaledClock;
  readonly clients: Clients & {
    readonly loadBalancing: ElasticLoadBalancingV2Client;
    readonly logs: CloudWatchLogsClient;
  };
  /** Of the CDK CLI. */
  environment(): Record<string, string>;
  /** Where requests to a listener go. */
  urlOf(listener: Listener, dnsName: string): string;
  /** PEM of the authority of HTTPS listeners; undefined where the public ones are. */
  certificateAuthority(): string | undefined;
  stop(): Promise<void>;
}

type Configuration = ConstructorParameters<typeof CloudFormationClient>[0];

function clientsOf(configuration: Configuration): Target['clients'] {
  return {
    cloudFormation: new CloudFormationClient(configuration ?? {}),
    codeDeploy: new CodeDeployClient(configuration ?? {}),
    cloudWatch: new CloudWatchClient(configuration ?? {}),
    loadBalancing: new ElasticLoadBalancingV2Client(configuration ?? {}),
    logs: new CloudWatchLogsClient(configuration ?? {}),
  };
}

/** A local AWS with an administrator's keys, since the deployer of a rehearsal may only read. */
export async function rehearsalTarget(plan: Plan, directory: string): Promise<Target> {
  const { speed, parameters, build, containers } = plan;
  const aws = await startLocalAws({ speed, parameters, build, containers, appDirectory: directory });
  const { accessKeyId, secretAccessKey } = aws.administratorKeys();
  return {
    source: 'rehearsal',
    region: aws.world.region,
    clock: aws.clock,
    clients: clientsOf({
      region: aws.world.region,
      endpoint: aws.endpoint,
      credentials: { accessKeyId, secretAccessKey },
    }),
    environment: () => aws.deployerEnvironment(),
    urlOf: ({ ListenerArn = '' }) => aws.services.elasticloadbalancing.listenerUrl(ListenerArn),
    certificateAuthority: () => aws.network.authorityFile && readFileSync(aws.network.authorityFile, 'utf8'),
    stop: () => aws.stop(),
  };
}

/**
 * AWS, by the credentials that the person has set up for its tools. Nothing else here reads any.
 * @throws WrongUse when they do not work, or are of another account than the one that the person named
 */
export async function awsTarget(account: string, region: string): Promise<Target> {
  const identity = await new STSClient({ region }).send(new GetCallerIdentityCommand({})).catch((error: Error) => {
    throw new WrongUse(`no credentials of account ${account}: ${error.message}`);
  });
  if (identity.Account !== account) {
    throw new WrongUse(`the credentials are of account ${identity.Account}, and --account says ${account}`);
  }
  const clock = new ScaledClock(1);
  return {
    source: 'aws',
    region,
    clock,
    clients: clientsOf({ region }),
    environment: () => ({ ...(process.env as Record<string, string>), AWS_REGION: region, AWS_DEFAULT_REGION: region }),
    urlOf: ({ Protocol, Port }, dnsName) => `${Protocol === 'HTTPS' ? 'https' : 'http'}://${dnsName}:${Port}`,
    certificateAuthority: () => undefined,
    stop: () => Promise.resolve(clock.stop()),
  };
}

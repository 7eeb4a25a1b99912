import * as applicationAutoscaling from '@aws-sdk/client-application-auto-scaling';
import * as cloudformation from '@aws-sdk/client-cloudformation';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as codedeploy from '@aws-sdk/client-codedeploy';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecr from '@aws-sdk/client-ecr';
import * as ecs from '@aws-sdk/client-ecs';
import * as elasticloadbalancing from '@aws-sdk/client-elastic-load-balancing-v2';
import * as events from '@aws-sdk/client-eventbridge';
import * as iam from '@aws-sdk/client-iam';
import * as lambda from '@aws-sdk/client-lambda';
import * as s3 from '@aws-sdk/client-s3';
import * as secretsmanager from '@aws-sdk/client-secrets-manager';
import * as states from '@aws-sdk/client-sfn';
import * as sns from '@aws-sdk/client-sns';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import type { LocalAws } from '../../rehearsal/local-aws';

/** By IAM prefix, as the services of the local AWS. */
const MODULES = {
  'application-autoscaling': [applicationAutoscaling, applicationAutoscaling.ApplicationAutoScalingClient],
  cloudformation: [cloudformation, cloudformation.CloudFormationClient],
  cloudwatch: [cloudwatch, cloudwatch.CloudWatchClient],
  codedeploy: [codedeploy, codedeploy.CodeDeployClient],
  ec2: [ec2, ec2.EC2Client],
  ecr: [ecr, ecr.ECRClient],
  ecs: [ecs, ecs.ECSClient],
  elasticloadbalancing: [elasticloadbalancing, elasticloadbalancing.ElasticLoadBalancingV2Client],
  events: [events, events.EventBridgeClient],
  iam: [iam, iam.IAMClient],
  lambda: [lambda, lambda.LambdaClient],
  logs: [logs, logs.CloudWatchLogsClient],
  s3: [s3, s3.S3Client],
  secretsmanager: [secretsmanager, secretsmanager.SecretsManagerClient],
  sns: [sns, sns.SNSClient],
  ssm: [ssm, ssm.SSMClient],
  states: [states, states.SFNClient],
  sts: [sts, sts.STSClient],
} as const;

interface Client {
  send(command: unknown): Promise<Readonly<Record<string, unknown>>>;
  destroy(): void;
}

type Constructor<Instance> = new (input: unknown) => Instance;

interface SentError extends Error {
  readonly Code?: string;
  readonly Type?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Calls a local AWS over HTTP with AWS's own clients. Responses have the form of boto3's, as the recordings do. */
export class Caller {
  private readonly clients = new Map<string, Client>();

  constructor(private readonly aws: LocalAws) {}

  /** @returns the response, or the error in the same form; `NotSent` for what the client refuses */
  async call(service: string, operation: string, input: unknown): Promise<unknown> {
    const [module] = MODULES[service as keyof typeof MODULES];
    const Command = (module as Readonly<Record<string, unknown>>)[`${operation}Command`] as Constructor<unknown>;
    try {
      const { $metadata, ...output } = await this.clientOf(service).send(new Command(input));
      return { ...(await plain(output)), ...metadata($metadata) };
    } catch (error) {
      return isSent(error) ? errorOf(error) : { Error: { Code: 'NotSent', Message: (error as Error).message } };
    }
  }

  close(): void {
    for (const client of this.clients.values()) client.destroy();
  }

  private clientOf(service: string): Client {
    const made = this.clients.get(service);
    if (made) return made;
    const [, Constructor] = MODULES[service as keyof typeof MODULES];
    const { accessKeyId, secretAccessKey } = this.aws.administratorKeys();
    const client = new (Constructor as unknown as Constructor<Client>)({
      ...{ endpoint: this.aws.endpoint, region: this.aws.world.region, credentials: { accessKeyId, secretAccessKey } },
      ...{ maxAttempts: 1, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' },
    });
    this.clients.set(service, client);
    return client;
  }
}

const isSent = (error: unknown): error is SentError =>
  error instanceof Error && (error as SentError).$metadata?.httpStatusCode !== undefined;

const metadata = (of: unknown) => ({
  ResponseMetadata: { HTTPStatusCode: (of as SentError['$metadata'])?.httpStatusCode, HTTPHeaders: {} },
});

function errorOf(error: SentError): unknown {
  const { name, message, Code, Type, $metadata, ...members } = error as SentError & Record<string, unknown>;
  const others = Object.entries(members).filter(
    ([member]) => !/^\$|^(Error|RequestId|HostId|__type|message|Message|stack)$/.test(member),
  );
  const isEmpty = name === 'NotFound' || name === 'UnknownError' || name === 'NotModified';
  const inner = isEmpty && Code === undefined ? { Code: String($metadata?.httpStatusCode), Message: reason(name) } : {};
  const Error = { Code: Code ?? name, Message: message, ...(Type !== undefined && { Type }), ...inner };
  return { Error, ...Object.fromEntries(others), ...metadata($metadata) };
}

/** botocore has the status of a response without a body for its code and sentence. */
const reason = (name: string) => name.replace(/(?<!^)([A-Z])/g, ' $1');

/** Bodies as text. */
async function plain(value: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
  const entries = Object.entries(value).map(async ([name, inner]) => {
    const stream = inner as { readonly transformToString?: () => Promise<string> } | undefined | null;
    if (typeof stream?.transformToString === 'function') return [name, await stream.transformToString()] as const;
    return [name, inner] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

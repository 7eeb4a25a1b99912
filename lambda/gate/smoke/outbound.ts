import { exchange } from '../../shared/http';
import { type Credentials, signed } from './sigv4';

/** Everything that a smoke run does outside its own process; tests replace it. */
export const smokeOutbound = { exchange, readSecret, credentials };

const CALL_MS_MAX = 20_000;

/**
 * The text of a Secrets Manager secret or SSM parameter, by its ARN. Two reads need no two SDK clients, whose load every
 * gate would wait for.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
 * @throws Error with AWS's own code and message
 */
async function readSecret(arn: string, signal: AbortSignal): Promise<string> {
  const [, partition = '', service = '', region = ''] = arn.split(':');
  if (service === 'secretsmanager') {
    const answer = await call(partition, service, region, 'secretsmanager.GetSecretValue', { SecretId: arn }, signal);
    const { SecretString, SecretBinary } = answer as { SecretString?: string; SecretBinary?: string };
    return SecretString ?? Buffer.from(SecretBinary ?? '', 'base64').toString('utf8');
  }
  if (service !== 'ssm') throw new Error(`${arn} is the ARN of neither a Secrets Manager secret nor an SSM parameter`);
  const input = { Name: arn, WithDecryption: true };
  const answer = (await call(partition, service, region, 'AmazonSSM.GetParameter', input, signal)) as {
    Parameter?: { Value?: string };
  };
  return answer.Parameter?.Value ?? '';
}

/** One call of the JSON 1.1 protocol. */
async function call(
  partition: string,
  service: string,
  region: string,
  operation: string,
  input: object,
  signal: AbortSignal,
): Promise<unknown> {
  const endpoint = endpointOf(partition, service, region);
  const body = JSON.stringify(input);
  const headers = { host: endpoint.host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': operation };
  const request = { method: 'POST', path: '/', headers, body, region, service };
  const answer = await exchange({
    method: 'POST',
    url: endpoint,
    headers: signed(request, await smokeOutbound.credentials(), new Date()),
    body,
    timeoutMs: CALL_MS_MAX,
    signal,
  });
  if (answer.status === 200) return JSON.parse(answer.body);
  const { __type = '', message, Message } = parsed(answer.body);
  throw new Error(`${operation}: ${__type.split('#').pop() || answer.status} ${message ?? Message ?? ''}`.trim());
}

interface AwsFailure {
  readonly __type?: string;
  readonly message?: string;
  readonly Message?: string;
}

function parsed(text: string): AwsFailure {
  try {
    return JSON.parse(text) as AwsFailure;
  } catch {
    return {};
  }
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
function endpointOf(partition: string, service: string, region: string): URL {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SSM, AWS_ENDPOINT_URL_SECRETS_MANAGER } = process.env;
  const own = service === 'ssm' ? AWS_ENDPOINT_URL_SSM : AWS_ENDPOINT_URL_SECRETS_MANAGER;
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return new URL(own ?? AWS_ENDPOINT_URL ?? `https://${service}.${region}.${suffix}`);
}

/** Those that any AWS client of this process would use. The client is loaded only where a suite has secrets. */
async function credentials(): Promise<Credentials> {
  const { CloudWatchClient } = await import('@aws-sdk/client-cloudwatch');
  return new CloudWatchClient({ region: process.env.AWS_REGION ?? 'us-east-1' }).config.credentials();
}

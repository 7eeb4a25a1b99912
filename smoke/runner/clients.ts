import { describeError } from '../../common/errors';
import { exchange } from '../../common/http';
import type { AwsCredentials } from '../../aws/signature';
import { jsonCall } from '../../aws/signed-call';

/** Everything that a smoke run does outside its own process. Tests replace it. */
export const smokeClients = { exchange, readSecret };

/**
 * The text of a Secrets Manager secret or SSM parameter, by its ARN. Two operations are not worth two SDK clients, which every
 * gate would have to load.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
 * @param credentials default: those of the environment, as Lambda sets them
 * @throws Error with AWS's own code and message
 */
async function readSecret(arn: string, signal: AbortSignal, credentials?: AwsCredentials): Promise<string> {
  const [, , service = '', region = ''] = arn.split(':');
  const call = async (operation: string, input: object): Promise<unknown> => {
    const options = { signal, env: { ...process.env, AWS_REGION: region }, credentials };
    return jsonCall(service, operation, input, options).catch((error: unknown) => {
      throw new Error(`${operation}: ${describeError(error)}`);
    });
  };
  if (service === 'secretsmanager') {
    const response = await call('secretsmanager.GetSecretValue', { SecretId: arn });
    const { SecretString, SecretBinary } = response as { SecretString?: string; SecretBinary?: string };
    return SecretString ?? Buffer.from(SecretBinary ?? '', 'base64').toString('utf8');
  }
  if (service !== 'ssm') throw new Error(`${arn} is the ARN of neither a Secrets Manager secret nor an SSM parameter`);
  const response = await call('AmazonSSM.GetParameter', { Name: arn, WithDecryption: true });
  return (response as { Parameter?: { Value?: string } }).Parameter?.Value ?? '';
}

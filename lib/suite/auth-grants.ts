/** What a gate may do with the secrets of its suite: read the value. CDK's `grantRead` also lets it describe them and read their history. */
import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { type IKey, ViaServicePrincipal } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IParameter } from 'aws-cdk-lib/aws-ssm';

/**
 * With the secret's key. An ARN without its suffix of six characters matches with a pattern:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
 */
export function grantSecret(secret: ISecret, grantee: IGrantable): void {
  Grant.addToPrincipalOrResource({
    grantee,
    actions: ['secretsmanager:GetSecretValue'],
    resourceArns: [secret.secretFullArn ?? `${secret.secretArn}-??????`],
    resource: secret,
  });
  const service = `secretsmanager.${Stack.of(secret).region}.amazonaws.com`;
  secret.encryptionKey?.grantDecrypt(new ViaServicePrincipal(service, grantee.grantPrincipal));
}

/** With the parameter's key, where it is known. */
export function grantParameter(parameter: IParameter, grantee: IGrantable): void {
  Grant.addToPrincipal({ grantee, actions: ['ssm:GetParameter'], resourceArns: [parameter.parameterArn] });
  (parameter as { readonly encryptionKey?: IKey }).encryptionKey?.grantDecrypt(grantee);
}

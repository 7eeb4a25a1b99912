/**
 * The AWS SDK for JavaScript that Lambda's Node runtimes have
 * (https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html): of its several hundred clients those of the
 * services that a rehearsal has. A client is loaded when a function first asks for it.
 */
/* eslint-disable @typescript-eslint/no-require-imports -- a client is loaded when a function asks for it, synchronously as require is: an import would load all at every cold start */
export const packages: Readonly<Record<string, () => unknown>> = {
  '@aws-sdk/client-application-auto-scaling': () => require('@aws-sdk/client-application-auto-scaling') as unknown,
  '@aws-sdk/client-cloudformation': () => require('@aws-sdk/client-cloudformation') as unknown,
  '@aws-sdk/client-cloudwatch': () => require('@aws-sdk/client-cloudwatch') as unknown,
  '@aws-sdk/client-cloudwatch-logs': () => require('@aws-sdk/client-cloudwatch-logs') as unknown,
  '@aws-sdk/client-codedeploy': () => require('@aws-sdk/client-codedeploy') as unknown,
  '@aws-sdk/client-ec2': () => require('@aws-sdk/client-ec2') as unknown,
  '@aws-sdk/client-ecr': () => require('@aws-sdk/client-ecr') as unknown,
  '@aws-sdk/client-ecs': () => require('@aws-sdk/client-ecs') as unknown,
  '@aws-sdk/client-elastic-load-balancing-v2': () => require('@aws-sdk/client-elastic-load-balancing-v2') as unknown,
  '@aws-sdk/client-eventbridge': () => require('@aws-sdk/client-eventbridge') as unknown,
  '@aws-sdk/client-iam': () => require('@aws-sdk/client-iam') as unknown,
  '@aws-sdk/client-lambda': () => require('@aws-sdk/client-lambda') as unknown,
  '@aws-sdk/client-s3': () => require('@aws-sdk/client-s3') as unknown,
  '@aws-sdk/client-secrets-manager': () => require('@aws-sdk/client-secrets-manager') as unknown,
  '@aws-sdk/client-sfn': () => require('@aws-sdk/client-sfn') as unknown,
  '@aws-sdk/client-sns': () => require('@aws-sdk/client-sns') as unknown,
  '@aws-sdk/client-ssm': () => require('@aws-sdk/client-ssm') as unknown,
  '@aws-sdk/client-sts': () => require('@aws-sdk/client-sts') as unknown,
  '@aws-sdk/credential-providers': () => require('@aws-sdk/credential-providers') as unknown,
  '@smithy/signature-v4': () => require('@smithy/signature-v4') as unknown,
};

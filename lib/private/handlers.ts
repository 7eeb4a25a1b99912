import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** Lambda's newest Node runtime. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
export const HANDLER_RUNTIME = Runtime.NODEJS_24_X;

export const LOG_RETENTION = RetentionDays.THREE_MONTHS;

import { Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/**
 * Lambda's newest Node runtime, by name: older releases of aws-cdk-lib have no constant for it.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export const HANDLER_RUNTIME = new Runtime('nodejs24.x', RuntimeFamily.NODEJS, { supportsInlineCode: true });

export const LOG_RETENTION = RetentionDays.THREE_MONTHS;

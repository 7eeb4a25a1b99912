import { Duration } from 'aws-cdk-lib';
import { Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { PATIENCE_MS, RESPONSE_RESERVE_MS } from '../../aws/patience';

/**
 * Lambda's newest Node runtime, by name: older releases of aws-cdk-lib have no constant for it.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export const HANDLER_RUNTIME = new Runtime('nodejs24.x', RuntimeFamily.NODEJS, { supportsInlineCode: true });

/** The timeout of a function that handles custom resources: it responds even when AWS fails all the time. */
export const HANDLER_TIMEOUT = Duration.millis(PATIENCE_MS + RESPONSE_RESERVE_MS);

export const LOG_RETENTION = RetentionDays.THREE_MONTHS;

import { ArnFormat, type Stack } from 'aws-cdk-lib';

/**
 * DescribeAlarms takes a list of names, so it is granted for the alarms of the account and Region.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
 */
export function everyAlarm(stack: Stack): string {
  return stack.formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

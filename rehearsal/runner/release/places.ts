import type { LocalAws } from '../../local-aws';
import type { Place } from '../../local-aws/worlds';

/** Where a resource is, by its ARN: `arn:aws:ecs:us-east-1:111111111111:service/shop/web`. */
export function placeOf(aws: LocalAws, arn: string): Place {
  const [, , , region = '', accountId = ''] = arn.split(':');
  return aws.worldOf({ region, accountId });
}

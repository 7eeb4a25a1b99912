import type { LocalAws } from '../index';

/** One account and region of the local AWS. */
export type Place = Pick<LocalAws, 'world' | 'services'>;

/** Every account and region that anything was deployed to. */
export function placesOf(aws: LocalAws): readonly Place[] {
  return [aws];
}

/** Where a resource is, by its ARN: `arn:aws:ecs:us-east-1:111111111111:service/shop/web`. */
export function placeOf(aws: LocalAws, arn: string): Place {
  const [, , , region, accountId] = arn.split(':');
  const found = placesOf(aws).find(({ world }) => world.region === region && world.accountId === accountId);
  return found ?? aws;
}

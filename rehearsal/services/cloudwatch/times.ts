import { AwsError } from '../../core/service';

/** What a client sends for a timestamp: epoch seconds on the JSON protocol, ISO 8601 elsewhere. */
export type WireTime = number | string | Date;

/** @throws AwsError InvalidParameterValue */
export function millisOf(time: WireTime, parameter: string): number {
  const millis = typeof time === 'number' ? time * 1000 : new Date(time).getTime();
  if (Number.isFinite(millis)) return millis;
  throw new AwsError('InvalidParameterValue', `The parameter ${parameter} must be a timestamp, found ${String(time)}`);
}

/** A time, which each protocol writes in its own way. */
export function wireTime(atMs: number): Date {
  return new Date(atMs);
}

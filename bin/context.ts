import { Duration } from 'aws-cdk-lib';
import type { Node } from 'constructs';
import { ReleaseEngine, TrafficShift } from '../lib';

/** What `-c name=value` sets on the app. */
export interface AppContext {
  /** Image to ship instead of the one built from examples/service. */
  readonly image?: string;
  /** That the container listens on. */
  readonly port: number;
  readonly healthCheckPath: string;
  readonly version: string;
  readonly environment: { [name: string]: string };
  readonly engine: ReleaseEngine;
  readonly shift: TrafficShift;
  readonly desiredCount: number;
  readonly bakeTime: Duration;
  /** How long a release waits for a person. */
  readonly approvalTimeout?: Duration;
  /** Who is notified of a release that waits. */
  readonly approvalEmail?: string;
  readonly certificateArn?: string;
  readonly domainName?: string;
}

/** @throws Error that names the context key, its value, and what it may be */
export function readContext(node: Node): AppContext {
  const text = (name: string): string | undefined => textOf(name, node.tryGetContext(name));
  return {
    image: text('image'),
    port: wholeNumberOf('port', text('port') ?? '8080', 1, 65535),
    healthCheckPath: text('healthCheckPath') ?? '/health',
    version: text('version') ?? '1.0.0',
    environment: environmentOf(node.tryGetContext('environment')),
    engine: engineOf(text('engine') ?? 'codedeploy'),
    shift: shiftOf(text('shift') ?? 'canary:10:5'),
    desiredCount: wholeNumberOf('desiredCount', text('desiredCount') ?? '2', 1, 5000),
    bakeTime: Duration.minutes(wholeNumberOf('bakeMinutes', text('bakeMinutes') ?? '10', 0, 2880)),
    approvalTimeout: approvalOf(text('approvalMinutes'), text('engine')),
    approvalEmail: emailOf(text('approvalEmail'), text('approvalMinutes')),
    certificateArn: certificateOf(text('certificateArn')),
    domainName: text('domainName'),
  };
}

function engineOf(name: string): ReleaseEngine {
  if (name === 'codedeploy') return ReleaseEngine.codeDeploy();
  if (name === 'ecs') return ReleaseEngine.ecs();
  return bad('engine', name, 'must be codedeploy or ecs');
}

/** CodeDeploy's releases have an hour in `cdk deploy`; those of ECS 33 hours. */
function approvalOf(minutes: string | undefined, engine: string | undefined): Duration | undefined {
  const max = engine === 'ecs' ? 1980 : 50;
  return minutes === undefined ? undefined : Duration.minutes(wholeNumberOf('approvalMinutes', minutes, 1, max));
}

function emailOf(value: string | undefined, minutes: string | undefined): string | undefined {
  if (value !== undefined && !/^[^@\s]+@[^@\s]+$/.test(value))
    return bad('approvalEmail', value, 'must be an address: a@b.c');
  if (value !== undefined && minutes === undefined) {
    return bad('approvalEmail', value, 'releases wait for nobody: set approvalMinutes too');
  }
  return value;
}

function bad(name: string, value: unknown, remedy: string): never {
  throw new Error(`context ${name} ${JSON.stringify(value)}: ${remedy}`);
}

function textOf(name: string, value: unknown): string | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return bad(name, value, `must be text: -c ${name}=...`);
}

function wholeNumberOf(name: string, value: string, min: number, max: number): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= min && number <= max) return number;
  return bad(name, value, `must be a whole number from ${min} to ${max}`);
}

/** `-c` passes text; cdk.json can hold the object itself. */
function environmentOf(value: unknown): { [name: string]: string } {
  if (value === undefined || value === '') return {};
  const remedy = `must be a JSON object of strings: -c environment='{"GREETING":"hello"}'`;
  let parsed: unknown = value;
  if (typeof value === 'string') {
    try {
      parsed = JSON.parse(value) as unknown;
    } catch {
      bad('environment', value, remedy);
    }
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return bad('environment', value, remedy);
  const entries = Object.entries(parsed as Record<string, unknown>);
  return Object.fromEntries(
    entries.map(([name, each]) => (typeof each === 'string' ? [name, each] : bad('environment', value, remedy))),
  );
}

function shiftOf(value: string): TrafficShift {
  if (value === 'all-at-once') return TrafficShift.allAtOnce();
  const [, kind, percent, minutes] = /^(canary|linear):(\d+):(\d+)$/.exec(value) ?? [];
  if (!kind || !percent || !minutes || Number(percent) < 1 || Number(percent) > 99 || Number(minutes) < 1) {
    return bad(
      'shift',
      value,
      'must be all-at-once, canary:<percent>:<minutes> or linear:<percent>:<minutes>, percent from 1 to 99 and at ' +
        'least 1 minute: canary:10:5',
    );
  }
  const options = { percent: Number(percent), interval: Duration.minutes(Number(minutes)) };
  return kind === 'canary' ? TrafficShift.canary(options) : TrafficShift.linear(options);
}

function certificateOf(value: string | undefined): string | undefined {
  if (value === undefined || /^arn:[^:]+:acm:[^:]+:\d{12}:certificate\/.+$/.test(value)) return value;
  return bad('certificateArn', value, 'must be the ARN of an ACM certificate in the Region of the stack');
}

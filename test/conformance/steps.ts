/**
 * The calls of the conformance test, written once for all clients: `steps/*.yaml`. A step names an operation and its input; it is
 * repeated `until` members of the output are as they should be, `capture` keeps members for later steps, and `refuses` has the code
 * of the error that AWS responds with.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const FOLDER = join(__dirname, 'steps');

export interface Step {
  readonly service: string;
  readonly operation: string;
  readonly input: Values;
  readonly until: Readonly<Record<string, string>>;
  readonly capture: Readonly<Record<string, string>>;
  readonly refuses?: string;
}

/** Steps of one file, in their order. The first list comes before all others; the others can run at the same time. */
export type Steps = readonly Step[];

export type Values = Readonly<Record<string, unknown>>;

interface File {
  readonly service?: string;
  readonly steps: readonly Values[];
}

const read = (name: string): unknown => parse(readFileSync(join(FOLDER, name), 'utf8'));

function stepsOf(name: string): Steps {
  const { service: common = '', steps } = read(name) as File;
  return steps.map(({ until, capture, refuses, ...call }) => {
    const [[named = '', input] = []] = Object.entries(call);
    const at = named.lastIndexOf(':');
    const [service, operation] = at < 0 ? [common, named] : [named.slice(0, at), named.slice(at + 1)];
    return { service, operation, input, until: until ?? {}, capture: capture ?? {}, refuses } as Step;
  });
}

export function allSteps(): readonly Steps[] {
  const rest = readdirSync(FOLDER).filter((name) => !['setup.yaml', 'stack.yaml'].includes(name));
  return ['setup.yaml', ...rest.sort()].map(stepsOf);
}

const topic = {
  Parameters: { Name: { Type: 'String', Default: 'a' } },
  Resources: { Topic: { Type: 'AWS::SNS::Topic' } },
};
const appSpec = {
  version: 0.0,
  Resources: [
    {
      TargetService: {
        Type: 'AWS::ECS::Service',
        Properties: {
          TaskDefinition: 'arn:aws:ecs:us-east-1:111111111111:task-definition/web:1',
          LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 80 },
        },
      },
    },
  ],
};
const statement = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::conformance/*' };

/** What every step may refer to. @param nowMs of the clock of the local AWS */
export function given(nowMs: number): Values {
  const at = (ms: number) => new Date(Math.floor(ms / 1000) * 1000).toISOString();
  return {
    template: JSON.stringify(read('stack.yaml')),
    topicTemplate: JSON.stringify(topic),
    appSpec: JSON.stringify(appSpec),
    bucketPolicy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    nowMs,
    hourAgo: at(nowMs - 3_600_000),
    inAnHour: at(nowMs + 3_600_000),
  };
}

/** With `${name}` replaced. @throws Error for a name that no earlier step captured */
export function resolved(value: unknown, known: Values): unknown {
  if (Array.isArray(value)) return value.map((each) => resolved(each, known));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, resolved(each, known)]));
  }
  const name = typeof value === 'string' ? /^\$\{(\w+)\}$/.exec(value)?.[1] : undefined;
  if (name === undefined) return value;
  if (known[name] === undefined) throw new Error(`no step captured ${name}`);
  return known[name];
}

/** A member by its path, `a.0.b` or `a[Name=x].b`; clients differ in the case of names. */
export function memberOf(output: unknown, path: string): unknown {
  const words = path.replace(/\[(\w+)=(\w+)\]/g, '.$1=$2').split('.');
  return words.reduce<unknown>((value, word) => {
    const [name = '', wanted] = word.split('=');
    if (wanted !== undefined) return (value as unknown[]).find((each) => member(each, name) === wanted);
    return member(value, name);
  }, output);
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = Object.entries(value).find(([each]) => each.toLowerCase() === name.toLowerCase());
  return found?.[1] as unknown;
}

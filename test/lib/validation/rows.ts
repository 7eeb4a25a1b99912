import type { Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationLoadBalancer,
  ApplicationTargetGroup,
  ListenerAction,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { newStack } from '../support';
import { nonEmpty } from '../../support/non-empty';

/** The words of a name that are props are those that the row covers. */
export type Row<T> = readonly [name: string, props: T | ((stack: Stack) => T), ...message: readonly string[]];

export function made<T extends object>(props: T | ((stack: Stack) => T), stack: Stack): T {
  return typeof props === 'function' ? props(stack) : props;
}

export function problemOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it was let through');
}

export function expectAll(message: string, parts: readonly string[]): void {
  for (const part of nonEmpty(parts)) expect(message).toContain(part);
}

export function refusesEach<T extends object>(
  what: string,
  rows: readonly Row<T>[],
  make: (stack: Stack, props: T) => unknown,
  prefix: readonly string[] = [],
  before?: (stack: Stack) => unknown,
): void {
  test.each(rows.map((row) => [row[0], row] as const))(`${what} refuses %s`, (_name, [, props, ...parts]) => {
    const stack = newStack();
    before?.(stack);
    expectAll(
      problemOf(() => make(stack, made(props, stack))),
      [...prefix, ...parts],
    );
  });
}

export const taskDefinition = (stack: Stack) => {
  const definition = new FargateTaskDefinition(stack, 'T');
  definition.addContainer('web', { image: ContainerImage.fromRegistry('example/web:1') });
  return definition;
};

export const alarm = (stack: Stack, id: string) =>
  new Alarm(stack, id, {
    metric: new Metric({ namespace: 'N', metricName: 'M' }),
    threshold: 1,
    evaluationPeriods: 1,
  });

export const groupIn = (stack: Stack, id: string) =>
  new ApplicationTargetGroup(stack, id, { vpc: new Vpc(stack, `${id}Vpc`), port: 80 });

export const sameGroup = (stack: Stack) => {
  const group = groupIn(stack, 'Same');
  return { blue: group, green: group };
};

export const listenerIn = (stack: Stack, id = 'Own') =>
  new ApplicationLoadBalancer(stack, `${id}LoadBalancer`, { vpc: new Vpc(stack, `${id}Vpc`) }).addListener(id, {
    port: 80,
    defaultAction: ListenerAction.fixedResponse(404),
  });

export const certificateIn = (stack: Stack) =>
  Certificate.fromCertificateArn(stack, 'C', 'arn:aws:acm:eu-west-1:1:certificate/a');

import type { Stack } from 'aws-cdk-lib';
import { type BlueGreenServiceProps, ReleaseEngine } from '../../../lib';
import { newStack, ofType, type Resource, serviceIn } from '../support';

export const byEcs = (props: Partial<BlueGreenServiceProps> = {}, stack = newStack()): Stack => {
  serviceIn(stack, { engine: ReleaseEngine.ecs(), ...props });
  return stack;
};
export const only = (stack: Stack, type: string): Resource => {
  const [[, found], ...others] = ofType(stack, type) as [[string, Resource]];
  expect(others).toEqual([]);
  return found;
};
export const service = (stack: Stack) => only(stack, 'AWS::ECS::Service');
export const configuration = (stack: Stack) =>
  service(stack).Properties.DeploymentConfiguration as unknown as Record<string, unknown>;

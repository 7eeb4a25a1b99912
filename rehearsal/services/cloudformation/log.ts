import type { World } from '../../core/service';
import { invalid } from './template/template';
import { nextStatus, type StackSignal, type StackStatus } from './stack-status';
import type { Stack } from './state';

export interface ResourceEvent {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  readonly status: string;
  readonly reason?: string;
  readonly properties?: unknown;
  /** Whether the stack's list of resources shows it; not so for a physical resource that was replaced. Default true. */
  readonly listed?: boolean;
}

/** Appends a resource's event, newest last, and keeps the resource's place in the stack's list up to date. */
export function logResource(world: World, stack: Stack, event: ResourceEvent): void {
  append(world, stack, event);
  const { logicalId, type, status, reason, physicalId = '' } = event;
  if (event.listed !== false) {
    stack.statuses.set(logicalId, { physicalId, type, status, reason, atMs: world.clock.now() });
  }
  if (status === 'DELETE_COMPLETE' && event.listed !== false && stack.status !== 'DELETE_IN_PROGRESS') {
    stack.statuses.delete(logicalId);
  }
  if (status.endsWith('_FAILED')) {
    world.events.record('cloudformation', 'resource-failed', `${logicalId} ${status}: ${reason ?? ''}`, {
      stackName: stack.name,
      logicalId,
      type,
      status,
      reason,
    });
  }
}

/**
 * Moves the stack to the status that follows from `signal`.
 * @throws AwsError ValidationError when CloudFormation refuses it in the present status
 */
export function moveStack(world: World, stack: Stack, signal: StackSignal, reason?: string): void {
  const next = nextStatus(stack.status, signal);
  if (next === undefined) {
    // In the words of https://github.com/aws/aws-toolkit-azure-devops/issues/317
    if (signal === 'delete') throw invalid(`Stack [${stack.name}] cannot be deleted while in status ${stack.status}`);
    const verb = { create: 'created', update: 'updated' }[signal as string] ?? 'rolled back';
    throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be ${verb}.`);
  }
  setStatus(world, stack, next, reason);
}

export function setStatus(world: World, stack: Stack, status: StackStatus, reason?: string): void {
  stack.status = status;
  stack.statusReason = reason;
  const stackType = 'AWS::CloudFormation::Stack';
  append(world, stack, { logicalId: stack.name, type: stackType, physicalId: stack.id, status, reason });
  world.events.record('cloudformation', 'stack-status', `${stack.name} ${status}${reason ? `: ${reason}` : ''}`, {
    stackName: stack.name,
    stackId: stack.id,
    status,
    reason,
  });
}

function append(world: World, stack: Stack, event: ResourceEvent): void {
  // No two events of a stack share a millisecond: the CDK CLI sorts a page of them only by time.
  const atMs = Math.max(Math.floor(world.clock.now()), (stack.events.at(-1)?.Timestamp.getTime() ?? 0) + 1);
  stack.events.push({
    EventId: world.ids.uuid(),
    StackId: stack.id,
    StackName: stack.name,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId ?? '',
    ResourceType: event.type,
    Timestamp: new Date(atMs),
    ResourceStatus: event.status,
    ...(event.reason === undefined ? {} : { ResourceStatusReason: event.reason }),
    ...(event.properties === undefined ? {} : { ResourceProperties: JSON.stringify(event.properties) }),
    ...(stack.clientToken === undefined ? {} : { ClientRequestToken: stack.clientToken }),
  });
}

import type { World } from '../../core/service';
import * as actions from './actions';
import { Announcer } from './announcer';
import { callerFor, testListener } from './environment';
import type { Environment } from './environment-state';
import { isTerminal } from './lifecycle';
import { failureOf } from './messages';
import {
  advanceRollback,
  initialRollback,
  type RollbackEvent,
  type RollbackState,
  type RollbackStep,
} from './rollback';
import type { Deployment } from './state';

type Unstamped = RollbackEvent extends infer Each ? (Each extends unknown ? Omit<Each, 'atMs'> : never) : never;

/** Performs a rollback's steps one after the other, as the deployment group's service role. */
export class RollbackRunner {
  private state: RollbackState;
  private readonly announcer: Announcer;
  private readonly target: actions.Target;

  constructor(
    private readonly world: World,
    private readonly deployment: Deployment,
    environment: Environment,
    private readonly ended: (deployment: Deployment) => void,
  ) {
    const { group } = deployment;
    this.target = { call: callerFor(world, group.serviceRoleArn), group, environment };
    this.state = initialRollback(stepsFor(environment, testListener(group) !== undefined));
    deployment.progress = this.state;
    this.announcer = new Announcer(world, deployment);
    this.announcer.changes(undefined, this.state);
  }

  start(): void {
    this.deployment.startTimeMs = this.world.clock.now();
    this.dispatch({ type: 'start' });
  }

  stop(): void {
    this.dispatch({ type: 'stop' });
  }

  private dispatch(event: Unstamped): void {
    const atMs = this.world.clock.now();
    const before = this.state;
    const { state, perform } = advanceRollback(before, { ...event, atMs });
    this.state = state;
    this.deployment.progress = state;
    if (isTerminal(state.status)) this.deployment.completeTimeMs ??= atMs;
    this.announcer.changes(before, state);
    if (perform) void this.perform(perform);
    if (isTerminal(state.status) && !isTerminal(before.status)) this.ended(this.deployment);
  }

  private async perform(step: RollbackStep): Promise<void> {
    try {
      await this.act(step);
      this.dispatch({ type: 'done', step });
    } catch (error) {
      this.dispatch({ type: 'failure', error: failureOf(error, 'codedeploy', this.deployment.group.serviceRoleArn) });
    }
  }

  private async act(step: RollbackStep): Promise<void> {
    switch (step) {
      case 'route-production':
        await actions.routeProduction(this.target, 0);
        this.announcer.weights('production', 0);
        return this.inEffect();
      case 'route-test':
        await actions.routeTest(this.target, 0);
        this.announcer.weights('test', 0);
        return this.inEffect();
      case 'restore-primary':
        return actions.makePrimary(this.target, 'blue');
      case 'delete-green':
        return actions.deleteTaskSet(this.target, 'green');
    }
  }

  /** Green still serves until no request is sent to it any more: deleted earlier, it would take some down with it. */
  private inEffect(): Promise<void> {
    return this.world.clock.sleep(2 * this.world.parameters.listenerPropagationMs);
  }
}

/** Production first: every second counts there. */
function stepsFor(environment: Environment, hasTestListener: boolean): readonly RollbackStep[] {
  return [
    'route-production',
    ...(hasTestListener ? (['route-test'] as const) : []),
    ...(environment.primary === 'green' ? (['restore-primary'] as const) : []),
    ...(environment.greenTaskSetArn ? (['delete-green'] as const) : []),
  ];
}

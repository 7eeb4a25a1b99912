import { shiftSteps } from '../../../aws/traffic-schedule';
import { AwsError, type World } from '../../core/service';
import { type AppSpec, contentOf, parseAppSpec, type Revision, sha256 } from './app-spec';
import { ALL_AT_ONCE, scheduleOf } from './configurations';
import { testListener } from './environment';
import { HOOKABLE_EVENTS, isTerminal, pendingLifecycle } from './lifecycle';
import { type DeploymentPlan, type Hook, openHook, type RollbackTrigger } from './machine';
import { MESSAGES } from './messages';
import { RollbackRunner } from './rollback-runner';
import { DeploymentRunner } from './runner';
import {
  type AlarmConfiguration,
  type AutoRollbackConfiguration,
  type CodeDeployState,
  type Deployment,
  type DeploymentGroup,
  groupKey,
} from './state';

/** What the operations and the resource types work on. */
export interface CodeDeployParts {
  readonly world: World;
  readonly state: CodeDeployState;
  readonly deployments: Deployments;
}

export interface CreateDeploymentInput {
  readonly applicationName?: string;
  readonly deploymentGroupName?: string;
  readonly deploymentConfigName?: string;
  readonly revision?: Revision;
  readonly description?: string;
  readonly autoRollbackConfiguration?: AutoRollbackConfiguration;
  readonly overrideAlarmConfiguration?: AlarmConfiguration;
}

/** Starts, stops and rolls back deployments, one at a time for each deployment group. */
export class Deployments {
  private readonly runners = new Map<string, DeploymentRunner>();
  private readonly rollbacks = new Map<string, RollbackRunner>();

  constructor(
    private readonly world: World,
    private readonly state: CodeDeployState,
  ) {}

  /** @throws AwsError with the codes of CreateDeployment */
  create(input: CreateDeploymentInput): Deployment {
    const group = this.requireGroup(input.applicationName, input.deploymentGroupName);
    const content = contentOf(input.revision);
    const appSpec = parseAppSpec(content);
    const deploymentConfigName = input.deploymentConfigName ?? group.deploymentConfigName;
    const plan = this.planOf(group, appSpec, deploymentConfigName, input.autoRollbackConfiguration);
    this.requireIdle(group);
    this.register(group.applicationName, content);
    const { description, overrideAlarmConfiguration, autoRollbackConfiguration } = input;
    const deployment = this.add(group, appSpec, sha256(content), {
      deploymentConfigName,
      creator: 'user',
      ...(description !== undefined && { description }),
      ...(overrideAlarmConfiguration && { overrideAlarmConfiguration }),
      ...(autoRollbackConfiguration && { autoRollbackConfiguration }),
    });
    const runner = new DeploymentRunner(this.world, deployment, plan, {
      rollBack: (failed, trigger) => this.rollBack(failed, trigger),
      ended: (ended) => this.remember(ended),
    });
    this.runners.set(deployment.deploymentId, runner);
    this.world.clock.after(0, () => runner.start());
    return deployment;
  }

  /** @throws AwsError with the codes of PutLifecycleEventHookExecutionStatus */
  endHook(deploymentId: string, executionId: string, status: string): void {
    this.find(deploymentId);
    if (status !== 'Succeeded' && status !== 'Failed')
      throw new AwsError(
        'InvalidLifecycleEventHookExecutionStatusException',
        `The status ${status} is not valid: only Succeeded and Failed are accepted`,
      );
    const state = this.runners.get(deploymentId)?.current;
    if (state?.endedHooks.includes(executionId))
      throw new AwsError('LifecycleEventAlreadyCompletedException', 'The lifecycle event has already completed');
    if (!state || openHook(state) !== executionId)
      throw new AwsError(
        'InvalidLifecycleEventHookExecutionIdException',
        `The lifecycle event hook execution ID ${executionId} is not valid for deployment ${deploymentId}`,
      );
    this.runners.get(deploymentId)?.dispatch({ type: 'hook-result', executionId, status });
  }

  /** @throws AwsError DeploymentAlreadyCompletedException */
  stop(deploymentId: string, rollBack: boolean | undefined): void {
    this.requireRunning(deploymentId);
    this.rollbacks.get(deploymentId)?.stop();
    this.runners.get(deploymentId)?.dispatch({ type: 'stop', ...(rollBack !== undefined && { rollBack }) });
  }

  /** @throws AwsError DeploymentAlreadyCompletedException, DeploymentIsNotInReadyStateException */
  continue(deploymentId: string, wait: string): void {
    this.requireRunning(deploymentId);
    if (wait !== 'READY_WAIT' && wait !== 'TERMINATION_WAIT')
      throw new AwsError(
        'InvalidDeploymentWaitTypeException',
        `The wait type ${wait} is not READY_WAIT or TERMINATION_WAIT`,
      );
    const runner = this.runners.get(deploymentId);
    const awaited = wait === 'READY_WAIT' ? 'ready' : 'termination';
    if (runner?.current.awaiting !== awaited)
      throw wait === 'READY_WAIT'
        ? new AwsError(
            'DeploymentIsNotInReadyStateException',
            `The deployment ${deploymentId} is not in the Ready state`,
          )
        : new AwsError(
            'InvalidDeploymentStatusException',
            `The deployment ${deploymentId} is not waiting for termination`,
          );
    runner.dispatch({ type: 'continue', wait });
  }

  /** @throws AwsError DeploymentIdRequiredException, DeploymentDoesNotExistException */
  find(deploymentId: string | undefined): Deployment {
    if (!deploymentId) throw new AwsError('DeploymentIdRequiredException', 'The deployment ID is required');
    const deployment = this.state.deployments.get(deploymentId);
    if (deployment) return deployment;
    throw new AwsError('DeploymentDoesNotExistException', `The deployment ${deploymentId} could not be found`);
  }

  /** @throws AwsError ApplicationDoesNotExistException, DeploymentGroupDoesNotExistException */
  requireGroup(applicationName: string | undefined, deploymentGroupName: string | undefined): DeploymentGroup {
    if (!applicationName) throw new AwsError('ApplicationNameRequiredException', 'The application name is required');
    if (!deploymentGroupName)
      throw new AwsError('DeploymentGroupNameRequiredException', 'The deployment group name is required');
    if (!this.state.applications.has(applicationName))
      throw new AwsError('ApplicationDoesNotExistException', `No application found for name: ${applicationName}`);
    const group = this.state.groups.get(groupKey({ applicationName, deploymentGroupName }));
    if (group) return group;
    throw new AwsError(
      'DeploymentGroupDoesNotExistException',
      `No Deployment Group found for name: ${deploymentGroupName}`,
    );
  }

  /** Keeps the AppSpec, as RegisterApplicationRevision does. */
  register(applicationName: string, content: string): void {
    const revisions = this.state.applications.get(applicationName)?.revisions;
    const known = revisions?.get(sha256(content));
    revisions?.set(sha256(content), known ?? { content, registeredAtMs: this.world.clock.now() });
  }

  halt(): void {
    for (const runner of this.runners.values()) runner.halt();
  }

  private planOf(
    group: DeploymentGroup,
    appSpec: AppSpec,
    configName: string,
    override: AutoRollbackConfiguration | undefined,
  ): DeploymentPlan {
    const config = this.state.configs.get(configName);
    if (!config)
      throw new AwsError(
        'DeploymentConfigDoesNotExistException',
        `No deployment configuration found for name: ${configName}`,
      );
    const rollback = override ?? group.autoRollbackConfiguration;
    const { deploymentReadyOption: ready, terminateBlueInstancesOnDeploymentSuccess: termination } =
      group.blueGreenDeploymentConfiguration ?? {};
    const waits = ready?.actionOnTimeout === 'STOP_DEPLOYMENT';
    return {
      hooks: Object.fromEntries(
        HOOKABLE_EVENTS.flatMap((name) => {
          const functionName = appSpec.hooks[name];
          return functionName ? [[name, { functionName, executionId: this.executionId() } satisfies Hook]] : [];
        }),
      ),
      hasTestListener: testListener(group) !== undefined,
      steps: shiftSteps(scheduleOf(config.trafficRoutingConfig)),
      ...(waits && { readyWaitMs: (ready.waitTimeInMinutes ?? 0) * 60_000 }),
      bakeMs: (termination?.terminationWaitTimeInMinutes ?? 0) * 60_000,
      rollbackOn: rollback?.enabled ? (rollback.events ?? []) : [],
    };
  }

  /** Long and opaque, as AWS's own. */
  private executionId(): string {
    return Buffer.from(JSON.stringify({ executionId: this.world.ids.uuid() })).toString('base64');
  }

  /** "one running deployment a group" */
  private requireIdle(group: DeploymentGroup): void {
    const running = [...this.state.deployments.values()].find(
      (other) => groupKey(other.group) === groupKey(group) && !isTerminal(other.progress.status),
    );
    if (!running) return;
    throw new AwsError(
      'DeploymentLimitExceededException',
      `The Deployment Group '${group.deploymentGroupName}' already has an active Deployment '${running.deploymentId}'`,
    );
  }

  private add(
    group: DeploymentGroup,
    appSpec: AppSpec,
    revision: string,
    rest: Pick<Deployment, 'deploymentConfigName' | 'creator'> & Partial<Deployment>,
  ): Deployment {
    const previousSha256 = this.state.live.get(groupKey(group));
    const deployment: Deployment = {
      deploymentId: `d-${this.world.ids.upper(9)}`,
      group,
      appSpec,
      sha256: revision,
      ...(previousSha256 !== undefined && { previousSha256 }),
      createTimeMs: this.world.clock.now(),
      progress: { status: 'Created', lifecycle: pendingLifecycle() },
      bakeStarted: false,
      ...rest,
    };
    this.state.deployments.set(deployment.deploymentId, deployment);
    return deployment;
  }

  /** A new deployment with an id of its own; alarms are not watched and hooks not run while traffic goes back. */
  private rollBack(failed: Deployment, trigger: RollbackTrigger): void {
    const { environment, group } = failed;
    if (!environment) return;
    const rollback = this.add(group, failed.appSpec, failed.previousSha256 ?? failed.sha256, {
      deploymentConfigName: ALL_AT_ONCE,
      creator: 'codeDeployRollback',
      environment,
    });
    const [from, to] = [failed.deploymentId, rollback.deploymentId];
    failed.rollbackInfo = { rollbackDeploymentId: to, rollbackMessage: MESSAGES.rolledBackBy(from, to) };
    rollback.rollbackInfo = { rollbackTriggeringDeploymentId: from, rollbackMessage: MESSAGES.rollbackOf(to, from) };
    const runner = new RollbackRunner(this.world, rollback, environment, () => undefined);
    this.rollbacks.set(to, runner);
    this.world.events.record('codedeploy', 'rollback', MESSAGES.rollbackOf(to, from), {
      deploymentId: from,
      rollbackDeploymentId: to,
      trigger,
    });
    runner.start();
  }

  private remember(ended: Deployment): void {
    if (ended.progress.status === 'Succeeded') this.state.live.set(groupKey(ended.group), ended.sha256);
  }

  private requireRunning(deploymentId: string): void {
    const { progress } = this.find(deploymentId);
    if (isTerminal(progress.status))
      throw new AwsError('DeploymentAlreadyCompletedException', `The deployment ${deploymentId} has already completed`);
  }
}

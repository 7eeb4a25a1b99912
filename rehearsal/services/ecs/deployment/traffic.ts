import type { World } from '../../../core/service';
import type { Announcer } from './announcer';
import { type Route, Routes } from './routes';
import type { RunningDeployment } from './running-deployment';

/** The traffic of one service deployment, behind each of its load balancers. */
export class Traffic {
  private readonly rules: Routes;
  private routes: readonly Route[] = [];

  constructor(
    private readonly world: World,
    private readonly deployment: RunningDeployment,
    private readonly announcer: Announcer,
  ) {
    this.rules = new Routes(world);
  }

  /** @throws DeploymentProblem */
  async find(): Promise<void> {
    this.routes = this.shifts ? await this.rules.find(this.deployment.target.launch) : [];
  }

  /** The target group that the new revision's tasks get instead of the one that a load balancer of the service names. */
  readonly targetGroupOf = (targetGroupArn: string): string =>
    this.routes.find(({ loadBalancer }) => loadBalancer.targetGroupArn === targetGroupArn)?.targetGroupArn ??
    targetGroupArn;

  /**
   * A deployment that ended midway may have left two sides with traffic: the revision that was good last gets all.
   * @returns resolves once no request reaches another one
   */
  async reconcile(): Promise<void> {
    const [good] = this.deployment.sources;
    if (!good?.targetGroupArns || !this.shifts) return;
    const launch = this.deployment.target.launch;
    const routes = launch.loadBalancers.flatMap((loadBalancer, index): Route[] => {
      const liveGroupArn = good.targetGroupArns?.[index];
      const { alternateTargetGroupArn: second } = loadBalancer.advancedConfiguration ?? {};
      if (liveGroupArn === undefined || second === undefined) return [];
      const targetGroupArn = liveGroupArn === second ? loadBalancer.targetGroupArn : second;
      return [{ loadBalancer, liveGroupArn, targetGroupArn }];
    });
    await this.rules.shift(routes, 'production', 0);
    await this.rules.shift(routes, 'test', 0);
    await this.propagated();
  }

  /** The production rule gets both groups at the same time, which it may not have had before. */
  async routeTest(targetPercent: number, signal: AbortSignal): Promise<void> {
    await this.rules.shift(this.routes, 'test', targetPercent);
    if (targetPercent > 0) await this.rules.shift(this.routes, 'production', 0);
    this.announcer.weights('test', this.routes, targetPercent);
    await this.world.clock.sleep(this.world.parameters.serviceDeploymentHookMs, signal);
  }

  /** Back is at once; forward takes its time after the hooks before it. */
  async routeProduction(targetPercent: number, signal: AbortSignal): Promise<void> {
    const { serviceDeploymentShiftMs, serviceDeploymentHookMs } = this.world.parameters;
    if (targetPercent > 0) await this.world.clock.sleep(serviceDeploymentShiftMs, signal);
    await this.rules.shift(this.routes, 'production', targetPercent);
    this.announcer.weights('production', this.routes, targetPercent);
    if (targetPercent === 0) return this.propagated();
    await this.world.clock.sleep(serviceDeploymentHookMs, signal);
  }

  /** No request is sent by the old weights any more. */
  private propagated(): Promise<void> {
    return this.world.clock.sleep(2 * this.world.parameters.listenerPropagationMs);
  }

  private get shifts(): boolean {
    return this.deployment.progress.plan.strategy !== 'ROLLING';
  }
}

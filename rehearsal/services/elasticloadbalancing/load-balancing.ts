import type { Timer } from '../../core/clock';
import { AwsError, type World, arn } from '../../core/service';
import { type Action, type ActionInput, groupsOf, parseActions } from './actions';
import { type Condition, compileConditions } from './conditions';
import { DataPlane, type Sockets } from './data-plane';
import { registered } from './health/health';
import { attributeMs } from './settings';
import { type Listener, type LoadBalancer, Model, type Rule, type Target, type TargetGroup, targetKey } from './state';
import { type Scalar, integer } from './values';

export interface TargetInput {
  readonly Id: string;
  readonly Port?: Scalar;
}

/** The control plane: every change of the model, and what it means to the data plane. API and templates both use it. */
export class LoadBalancing {
  readonly model = new Model();
  readonly dataPlane: DataPlane;
  private readonly draining = new Set<Timer>();
  private readonly interfaces = new Map<string, (() => void)[]>();

  constructor(
    readonly world: World,
    sockets?: Sockets,
  ) {
    this.dataPlane = new DataPlane(world, this.model, sockets);
  }

  parseActions(inputs: readonly ActionInput[] | undefined): Action[] {
    return parseActions(inputs, (groupArn) => this.model.groups.has(groupArn));
  }

  addLoadBalancer(spec: Omit<LoadBalancer, 'privateAddresses' | 'createdAtMs'>): LoadBalancer {
    const same = [...this.model.loadBalancers.values()].some((other) => other.name === spec.name);
    if (same) {
      const message = `A load balancer with the same name '${spec.name}' exists, but with different settings`;
      throw new AwsError('DuplicateLoadBalancerName', message);
    }
    const privateAddresses = this.addInterfaces(spec);
    const created = { ...spec, privateAddresses, createdAtMs: this.world.clock.now() };
    this.model.loadBalancers.set(created.arn, created);
    return created;
  }

  /** Changes security groups, subnets or attributes. */
  updateLoadBalancer(changed: LoadBalancer): void {
    this.model.loadBalancers.set(changed.arn, changed);
    this.dataPlane.rejoin(changed);
  }

  /** With its listeners and their rules, as AWS does. */
  async removeLoadBalancer(loadBalancerArn: string): Promise<void> {
    const loadBalancer = this.model.loadBalancers.get(loadBalancerArn);
    if (loadBalancer?.attributes['deletion_protection.enabled'] === 'true') {
      const message = `Load balancer '${loadBalancerArn}' cannot be deleted because deletion protection is enabled`;
      throw new AwsError('OperationNotPermitted', message);
    }
    for (const listener of this.model.listenersOf(loadBalancerArn)) await this.removeListener(listener.arn);
    this.model.loadBalancers.delete(loadBalancerArn);
    for (const remove of this.interfaces.get(loadBalancerArn) ?? []) remove();
    this.interfaces.delete(loadBalancerArn);
  }

  /** An ALB has one interface in each subnet, two at least. */
  private addInterfaces(spec: Omit<LoadBalancer, 'privateAddresses' | 'createdAtMs'>): string[] {
    const subnets = spec.subnetIds.length > 0 ? spec.subnetIds : [undefined, undefined];
    const added = subnets.map((subnetId) =>
      this.world.network.addInterface({
        description: `ELB ${spec.fullName}`,
        ...(subnetId && { subnetId }),
        securityGroupIds: spec.securityGroupIds,
      }),
    );
    this.interfaces.set(
      spec.arn,
      added.map(({ remove }) => remove),
    );
    return added.map((entry) => entry.interface.privateAddress);
  }

  async addListener(listener: Listener): Promise<void> {
    this.assertPortFree(listener);
    this.model.assertAssociable(listener.defaultActions, listener.loadBalancerArn);
    this.model.listeners.set(listener.arn, listener);
    await this.dataPlane.openListener(listener);
  }

  /**
   * A port has one listener, for CreateListener and for ModifyListener.
   * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListener.html
   * @throws AwsError DuplicateListener
   */
  private assertPortFree({ arn, loadBalancerArn, port }: Listener): void {
    const taken = this.model.listenersOf(loadBalancerArn).some((other) => other.port === port && other.arn !== arn);
    if (taken) throw new AwsError('DuplicateListener', 'A listener already exists on this port for this load balancer');
  }

  /** A change of port or protocol needs another socket; all else reaches the open one. */
  async updateListener(changed: Listener): Promise<void> {
    const before = this.model.listener(changed.arn);
    this.assertPortFree(changed);
    this.model.assertAssociable(changed.defaultActions, changed.loadBalancerArn);
    this.model.listeners.set(changed.arn, changed);
    if (before.port !== changed.port || before.protocol !== changed.protocol) {
      await this.dataPlane.closeListener(changed.arn);
      await this.dataPlane.openListener(changed);
    }
    this.dataPlane.reroute(changed.arn, () => this.tellWeights(changed.arn, changed.defaultActions));
  }

  async removeListener(listenerArn: string): Promise<void> {
    for (const rule of this.model.rulesOf(listenerArn)) this.model.rules.delete(rule.arn);
    this.model.listeners.delete(listenerArn);
    await this.dataPlane.closeListener(listenerArn);
  }

  putRule(rule: Rule): void {
    const listener = this.model.listener(rule.listenerArn);
    compileConditions(rule.conditions);
    const others = this.model.rulesOf(rule.listenerArn).filter((other) => other.arn !== rule.arn);
    if (others.some((other) => other.priority === rule.priority)) {
      throw new AwsError('PriorityInUse', `Priority '${rule.priority}' is currently in use`);
    }
    this.model.assertAssociable(rule.actions, listener.loadBalancerArn);
    this.model.rules.set(rule.arn, rule);
    this.dataPlane.reroute(rule.listenerArn, () => this.tellWeights(rule.listenerArn, rule.actions, rule.arn));
  }

  removeRule(ruleArn: string): void {
    const rule = this.model.rules.get(ruleArn);
    if (!rule) return;
    this.model.rules.delete(ruleArn);
    this.dataPlane.reroute(rule.listenerArn, () => undefined);
  }

  updateRule(ruleArn: string, change: { conditions?: readonly Condition[]; actions?: readonly Action[] }): Rule {
    const rule = { ...this.model.rule(ruleArn), ...change };
    this.putRule(rule);
    return rule;
  }

  putGroup(group: TargetGroup): void {
    const same = [...this.model.groups.values()].some((other) => other.name === group.name && other.arn !== group.arn);
    if (same) {
      const message = `A target group with the same name '${group.name}' exists, but with different settings`;
      throw new AwsError('DuplicateTargetGroupName', message);
    }
    if (group.attributes['stickiness.enabled'] === 'true') {
      const detail = `${group.name}: stickiness is not rehearsed, weights apply to every request`;
      this.world.events.record('elb', 'not-rehearsed', detail, { targetGroupArn: group.arn, feature: 'stickiness' });
    }
    this.model.groups.set(group.arn, group);
  }

  /** @throws AwsError ResourceInUse while a listener or rule names it */
  async removeGroup(groupArn: string): Promise<void> {
    if (this.model.loadBalancerOf(groupArn)) {
      throw new AwsError('ResourceInUse', `Target group '${groupArn}' is currently in use by a listener or a rule`);
    }
    this.model.groups.delete(groupArn);
    this.model.targets.delete(groupArn);
    this.dataPlane.removeGroup(groupArn);
  }

  /** Registering a registered target changes nothing; a draining one comes back. */
  register(groupArn: string, inputs: readonly TargetInput[]): void {
    const group = this.model.group(groupArn);
    for (const input of inputs) {
      const port = integer('Port', input.Port, 1, 65_535, group.port);
      const target: Target = { groupArn, address: input.Id, port, health: registered, draining: false };
      const targets = this.model.targetsOf(groupArn);
      const current = targets.get(targetKey(target));
      if (current && !current.draining) continue;
      this.model.targets.set(groupArn, targets.set(targetKey(target), target));
      this.dataPlane.addTarget(target);
    }
  }

  /** @throws AwsError InvalidTarget when one is not registered */
  deregister(groupArn: string, inputs: readonly TargetInput[]): void {
    const group = this.model.group(groupArn);
    const targets = inputs.map((input) => {
      const port = integer('Port', input.Port, 1, 65_535, group.port);
      const target = this.model.targetsOf(groupArn).get(targetKey({ address: input.Id, port }));
      if (!target) throw new AwsError('InvalidTarget', `The following targets are not registered: '${input.Id}'`);
      return target;
    });
    for (const target of targets) if (!target.draining) this.drain(group, target);
  }

  /** `draining` is shown until the delay is over. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay */
  private drain(group: TargetGroup, target: Target): void {
    target.draining = true;
    this.dataPlane.retireTarget(target);
    const data = { targetGroupArn: group.arn, target: targetKey(target) };
    this.world.events.record('elb', 'target-draining', `${targetKey(target)} in ${group.name} is draining`, data);
    const delayMs = attributeMs(group.attributes, 'deregistration_delay.timeout_seconds', 3600);
    const timer = this.world.clock.after(this.model.loadBalancerOf(group.arn) ? delayMs : 0, () => {
      this.draining.delete(timer);
      const targets = this.model.targets.get(group.arn);
      if (targets?.get(targetKey(target)) === target) targets.delete(targetKey(target));
    });
    this.draining.add(timer);
  }

  private tellWeights(listenerArn: string, actions: readonly Action[], ruleArn?: string): void {
    const listener = this.model.listeners.get(listenerArn);
    const groups = groupsOf(actions);
    if (!listener || groups.length === 0) return;
    const total = groups.reduce((sum, group) => sum + group.Weight, 0) || 1;
    const weights = groups.map(({ TargetGroupArn, Weight }) => ({
      targetGroupArn: TargetGroupArn,
      name: this.model.groups.get(TargetGroupArn)?.name ?? TargetGroupArn,
      weight: Weight,
    }));
    const shares = weights.map(({ name, weight }) => `${name} ${Math.round((weight / total) * 1000) / 10} %`);
    const detail = `port ${listener.port}: ${shares.join(', ')}`;
    const data = { listenerArn, port: listener.port, weights, ...(ruleArn && { ruleArn }) };
    this.world.events.record('elb', 'weights', detail, data);
  }

  elbArn(resource: string): string {
    return arn(this.world, 'elasticloadbalancing', resource);
  }

  async stop(): Promise<void> {
    for (const timer of this.draining) timer.cancel();
    await this.dataPlane.stop();
  }
}

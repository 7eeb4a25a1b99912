/** The listener rules of a service, read and changed as the infrastructure role of its load balancers. */
import { AwsError, type World } from '../../../core/service';
import type { LaunchSettings, LoadBalancer } from '../shapes';
import { reasonOf } from '../task/reason';
import { MESSAGES } from './messages';
import { assumeRole } from './role';

interface Group {
  readonly TargetGroupArn: string;
  readonly Weight?: number;
}

interface Action {
  readonly Type: string;
  readonly TargetGroupArn?: string;
  readonly ForwardConfig?: { readonly TargetGroups?: readonly Group[] };
}

interface Rule {
  readonly RuleArn: string;
  readonly IsDefault?: boolean;
  readonly Actions: readonly Action[];
}

/** Where the traffic of one load balancer goes: ECS finds the live side in the production rule at each deployment. */
export interface Route {
  readonly loadBalancer: LoadBalancer;
  readonly liveGroupArn: string;
  readonly targetGroupArn: string;
}

/** A deployment cannot continue; the message is the deployment's statusReason. */
export class DeploymentProblem extends Error {}

const network = (sentence: string) => new DeploymentProblem(MESSAGES.network(sentence));

/** Finds and changes the rules of one deployment. */
export class Routes {
  constructor(private readonly world: World) {}

  /**
   * The side that each production rule forwards to is live, the other one gets the new revision.
   * @throws DeploymentProblem in the words of ECS when the rules do not say which side is live
   */
  async find({ loadBalancers }: LaunchSettings): Promise<readonly Route[]> {
    const routed = loadBalancers.filter(({ advancedConfiguration }) => advancedConfiguration?.productionListenerRule);
    return Promise.all(routed.map((loadBalancer) => this.route(loadBalancer)));
  }

  /** @param targetPercent of the target's group; the live group has the rest */
  async shift(routes: readonly Route[], kind: 'production' | 'test', targetPercent: number): Promise<void> {
    for (const route of routes) {
      const { productionListenerRule, testListenerRule } = route.loadBalancer.advancedConfiguration ?? {};
      const rule = kind === 'production' ? productionListenerRule : testListenerRule;
      if (rule !== undefined) await this.forward(route, rule, targetPercent);
    }
  }

  private async route(loadBalancer: LoadBalancer): Promise<Route> {
    const { targetGroupArn: first, advancedConfiguration } = loadBalancer;
    const {
      alternateTargetGroupArn: second = '',
      productionListenerRule = '',
      testListenerRule,
    } = advancedConfiguration ?? {};
    const production = await this.groups(loadBalancer, productionListenerRule);
    const test = testListenerRule === undefined ? undefined : await this.groups(loadBalancer, testListenerRule);
    const pair = [first, second];
    const unexpected = production.find(({ TargetGroupArn }) => !pair.includes(TargetGroupArn));
    if (unexpected)
      throw network(
        `Production listener rule ${productionListenerRule} is forwarding traffic to unexpected target group ${unexpected.TargetGroupArn}.`,
      );
    checkAssociation(pair, production, test);
    const serving = production.filter(({ Weight = 1 }) => Weight > 0);
    const [live] = serving;
    if (!live || serving.length !== 1)
      throw network(
        `productionListenerRule ${productionListenerRule} should have exactly one target group serving traffic but ` +
          `found ${serving.length} target groups which are serving traffic.`,
      );
    const liveGroupArn = live.TargetGroupArn;
    return { loadBalancer, liveGroupArn, targetGroupArn: liveGroupArn === first ? second : first };
  }

  private async groups(loadBalancer: LoadBalancer, ruleArn: string): Promise<readonly Group[]> {
    const { Actions } = await this.rule(loadBalancer, ruleArn);
    return Actions.flatMap(groupsOf);
  }

  private async rule(loadBalancer: LoadBalancer, ruleArn: string): Promise<Rule> {
    const { Rules } = await this.call<{ Rules: readonly Rule[] }>(loadBalancer, 'DescribeRules', {
      RuleArns: [ruleArn],
    });
    const [rule] = Rules;
    if (!rule) throw network('One or more rules not found');
    return rule;
  }

  private async forward(route: Route, ruleArn: string, targetPercent: number): Promise<void> {
    const { loadBalancer } = route;
    const { Actions, IsDefault } = await this.rule(loadBalancer, ruleArn);
    const TargetGroups = weights(route, targetPercent);
    const actions = Actions.map(({ TargetGroupArn: _, ...action }) =>
      action.Type === 'forward' ? { ...action, ForwardConfig: { ...action.ForwardConfig, TargetGroups } } : action,
    );
    // A default rule is changed with its listener: API_ModifyRule.
    if (IsDefault)
      await this.call(loadBalancer, 'ModifyListener', { ListenerArn: listenerOf(ruleArn), DefaultActions: actions });
    else await this.call(loadBalancer, 'ModifyRule', { RuleArn: ruleArn, Actions: actions });
  }

  /** @throws DeploymentProblem when the infrastructure role lacks the permission */
  private async call<Output>({ advancedConfiguration }: LoadBalancer, operation: string, input: object) {
    const roleArn = advancedConfiguration?.roleArn ?? '';
    try {
      const principal = await assumeRole(this.world, roleArn, 'ecs-service-deployment');
      return await this.world.call<Output>(principal, 'elasticloadbalancing', operation, input);
    } catch (error) {
      if (error instanceof AwsError && /^AccessDenied/.test(error.code))
        throw network(
          `ECS was unable to manage the ELB resources due to missing permissions on ECS Infrastructure Role '${roleArn}'.`,
        );
      if (error instanceof AwsError && error.code === 'RuleNotFound') throw network('One or more rules not found');
      throw network(reasonOf(error));
    }
  }
}

function groupsOf({ Type, TargetGroupArn, ForwardConfig }: Action): readonly Group[] {
  if (Type !== 'forward') return [];
  if (ForwardConfig?.TargetGroups?.length) return ForwardConfig.TargetGroups;
  return TargetGroupArn === undefined ? [] : [{ TargetGroupArn }];
}

/** Both groups need a rule, without which a load balancer checks nobody's health. */
function checkAssociation(
  pair: readonly string[],
  production: readonly Group[],
  test: readonly Group[] | undefined,
): void {
  const has = (groups: readonly Group[], arn: string) => groups.some(({ TargetGroupArn }) => TargetGroupArn === arn);
  if (pair.every((arn) => has(production, arn))) return;
  if (!test)
    throw network(
      'For Application LoadBalancer, testListenerRule is required when productionListenerRule is not associated with ' +
        'both targetGroup and alternateTargetGroup',
    );
  const lost = pair.find((arn) => !has([...production, ...test], arn));
  if (lost !== undefined)
    throw network(
      `Target group ${lost} is not associated with either productionListenerRule or testListenerRule. Both targetGroup ` +
        'and alternateTargetGroup must be associated with the productionListenerRule or testListenerRule.',
    );
}

/** Weights are whole numbers up to 999: tenths of a percent where a share has them. */
function weights({ liveGroupArn, targetGroupArn }: Route, targetPercent: number): readonly Required<Group>[] {
  const [share, whole] = Number.isInteger(targetPercent)
    ? [targetPercent, 100]
    : [Math.round(targetPercent * 10), 1000];
  return [
    { TargetGroupArn: liveGroupArn, Weight: whole - share },
    { TargetGroupArn: targetGroupArn, Weight: share },
  ];
}

/** `listener-rule/app/<lb>/<id>/<listener>/<rule>` belongs to `listener/app/<lb>/<id>/<listener>`. */
const listenerOf = (ruleArn: string) => ruleArn.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, '');

import { AwsError, type Operation, type Operations } from '../../core/service';
import type { ActionInput } from './actions';
import type { Condition } from './conditions';
import {
  describeDefaultRule,
  describeGroup,
  describeListener,
  describeLoadBalancer,
  describeRule,
  describeTargetHealth,
} from './describe';
import type { LoadBalancing, TargetInput } from './load-balancing';
import { type HealthCheckInput, listenerProtocol, parseHealthCheck } from './settings';
import { type TargetGroup, targetKey } from './state';
import { type KeyValue, type Scalar, attributeList, attributeMap, integer } from './values';

interface Arns {
  readonly LoadBalancerArns?: readonly string[];
  readonly ListenerArns?: readonly string[];
  readonly RuleArns?: readonly string[];
  readonly TargetGroupArns?: readonly string[];
  readonly Names?: readonly string[];
  readonly LoadBalancerArn?: string;
  readonly ListenerArn?: string;
}

type Targets = { readonly TargetGroupArn: string; readonly Targets?: readonly TargetInput[] };
type ModifyListener = {
  readonly ListenerArn: string;
  readonly Port?: Scalar;
  readonly Protocol?: string;
  readonly DefaultActions?: readonly ActionInput[];
};
type ModifyRule = {
  readonly RuleArn: string;
  readonly Conditions?: readonly Condition[];
  readonly Actions?: readonly ActionInput[];
};

/** The API. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Operations.html */
export function operations(elb: LoadBalancing): Operations {
  return { ...descriptions(elb), ...changes(elb), ...attributes(elb) };
}

function descriptions(elb: LoadBalancing): Operations {
  return {
    DescribeLoadBalancers: {
      handle: (input: Arns) => ({
        LoadBalancers: loadBalancers(elb, input).map((found) => describeLoadBalancer(found, elb.world.region)),
      }),
    },
    DescribeListeners: { handle: (input: Arns) => ({ Listeners: listeners(elb, input).map(describeListener) }) },
    DescribeRules: { handle: (input: Arns) => ({ Rules: rules(elb, input) }) },
    DescribeTargetGroups: {
      handle: (input: Arns) => ({ TargetGroups: groups(elb, input).map((group) => describeGroup(group, elb.model)) }),
    },
    DescribeTargetHealth: {
      handle: (input: Targets) => ({ TargetHealthDescriptions: targetHealth(elb, input) }),
    },
    DescribeTags: {
      handle: (input: { ResourceArns?: readonly string[] }) => ({
        TagDescriptions: (input.ResourceArns ?? []).map((ResourceArn) => ({ ResourceArn, Tags: [] })),
      }),
    },
  };
}

function loadBalancers({ model }: LoadBalancing, { LoadBalancerArns, Names }: Arns) {
  if (LoadBalancerArns) return LoadBalancerArns.map((arn) => model.loadBalancer(arn));
  const all = [...model.loadBalancers.values()];
  if (!Names) return all;
  return Names.map((name) => {
    const found = all.find((loadBalancer) => loadBalancer.name === name);
    if (!found) throw new AwsError('LoadBalancerNotFound', `Load balancers '[${name}]' not found`);
    return found;
  });
}

function listeners({ model }: LoadBalancing, { LoadBalancerArn, ListenerArns }: Arns) {
  if (ListenerArns) return ListenerArns.map((arn) => model.listener(arn));
  if (!LoadBalancerArn)
    throw new AwsError('ValidationError', 'You must specify either listener ARNs or a load balancer ARN');
  return model.listenersOf(model.loadBalancer(LoadBalancerArn).arn);
}

function rules({ model }: LoadBalancing, { ListenerArn, RuleArns }: Arns) {
  if (ListenerArn) {
    const listener = model.listener(ListenerArn);
    return [...model.rulesOf(ListenerArn).map(describeRule), describeDefaultRule(listener)];
  }
  if (!RuleArns) throw new AwsError('ValidationError', 'You must specify either listener rule ARNs or a listener ARN');
  return RuleArns.map((arn) => {
    const listener = [...model.listeners.values()].find((each) => each.defaultRuleArn === arn);
    return listener ? describeDefaultRule(listener) : describeRule(model.rule(arn));
  });
}

function groups({ model }: LoadBalancing, { TargetGroupArns, Names, LoadBalancerArn }: Arns): TargetGroup[] {
  if (TargetGroupArns) return TargetGroupArns.map((arn) => model.group(arn));
  const all = [...model.groups.values()];
  if (LoadBalancerArn) return all.filter((group) => model.loadBalancerOf(group.arn)?.arn === LoadBalancerArn);
  if (!Names) return all;
  return Names.map((name) => {
    const found = all.find((group) => group.name === name);
    if (!found) throw new AwsError('TargetGroupNotFound', `Target groups '[${name}]' not found`);
    return found;
  });
}

function targetHealth({ model }: LoadBalancing, input: Targets) {
  const group = model.group(input.TargetGroupArn);
  const targets = model.targetsOf(group.arn);
  if (!input.Targets?.length) return [...targets.values()].map((target) => describeTargetHealth(target, group, model));
  return input.Targets.map(({ Id, Port }) => {
    const port = integer('Port', Port, 1, 65_535, group.port);
    const target = targets.get(targetKey({ address: Id, port }));
    if (target) return describeTargetHealth(target, group, model);
    const Description = 'Target is not registered to the target group';
    return {
      Target: { Id, Port: port },
      TargetHealth: { State: 'unused', Reason: 'Target.NotRegistered', Description },
    };
  });
}

function changes(elb: LoadBalancing): Operations {
  return {
    ModifyListener: {
      resources: ({ ListenerArn }) => [ListenerArn],
      handle: async (input) => {
        const listener = elb.model.listener(input.ListenerArn);
        const changed = {
          ...listener,
          port: integer('Port', input.Port, 1, 65_535, listener.port),
          protocol: listenerProtocol(
            elb.model.loadBalancer(listener.loadBalancerArn),
            input.Protocol,
            listener.protocol,
          ),
          ...(input.DefaultActions && { defaultActions: elb.parseActions(input.DefaultActions) }),
        };
        await elb.updateListener(changed);
        return { Listeners: [describeListener(changed)] };
      },
    } satisfies Operation<ModifyListener>,
    ModifyRule: {
      resources: ({ RuleArn }) => [RuleArn],
      handle: (input) => {
        refuseDefaultRule(elb, input.RuleArn);
        const rule = elb.updateRule(input.RuleArn, {
          ...(input.Conditions && { conditions: input.Conditions }),
          ...(input.Actions && { actions: elb.parseActions(input.Actions) }),
        });
        return { Rules: [describeRule(rule)] };
      },
    } satisfies Operation<ModifyRule>,
    RegisterTargets: {
      resources: ({ TargetGroupArn }) => [TargetGroupArn],
      handle: (input) => (elb.register(input.TargetGroupArn, input.Targets ?? []), {}),
    } satisfies Operation<Targets>,
    DeregisterTargets: {
      resources: ({ TargetGroupArn }) => [TargetGroupArn],
      handle: (input) => (elb.deregister(input.TargetGroupArn, input.Targets ?? []), {}),
    } satisfies Operation<Targets>,
    ModifyTargetGroup: {
      resources: ({ TargetGroupArn }) => [TargetGroupArn],
      handle: (input) => {
        const group = elb.model.group(input.TargetGroupArn);
        const changed = { ...group, healthCheck: parseHealthCheck(input, group.healthCheck) };
        elb.putGroup(changed);
        return { TargetGroups: [describeGroup(changed, elb.model)] };
      },
    } satisfies Operation<HealthCheckInput & { readonly TargetGroupArn: string }>,
  };
}

function refuseDefaultRule({ model }: LoadBalancing, ruleArn: string): void {
  if ([...model.listeners.values()].some((listener) => listener.defaultRuleArn === ruleArn)) {
    throw new AwsError('OperationNotPermitted', `Default rule '${ruleArn}' cannot be modified`);
  }
}

function attributes(elb: LoadBalancing): Operations {
  type Input = {
    readonly LoadBalancerArn: string;
    readonly TargetGroupArn: string;
    readonly Attributes?: readonly KeyValue[];
  };
  return {
    DescribeLoadBalancerAttributes: {
      handle: ({ LoadBalancerArn }: Input) => ({
        Attributes: attributeList(elb.model.loadBalancer(LoadBalancerArn).attributes),
      }),
    },
    DescribeTargetGroupAttributes: {
      handle: ({ TargetGroupArn }: Input) => ({
        Attributes: attributeList(elb.model.group(TargetGroupArn).attributes),
      }),
    },
    ModifyLoadBalancerAttributes: {
      resources: ({ LoadBalancerArn }) => [LoadBalancerArn],
      handle: (input) => {
        const before = elb.model.loadBalancer(input.LoadBalancerArn);
        const changed = { ...before, attributes: attributeMap(before.attributes, input.Attributes) };
        elb.updateLoadBalancer(changed);
        return { Attributes: attributeList(changed.attributes) };
      },
    } satisfies Operation<Input>,
    ModifyTargetGroupAttributes: {
      resources: ({ TargetGroupArn }) => [TargetGroupArn],
      handle: (input) => {
        const before = elb.model.group(input.TargetGroupArn);
        const changed = { ...before, attributes: attributeMap(before.attributes, input.Attributes) };
        elb.putGroup(changed);
        return { Attributes: attributeList(changed.attributes) };
      },
    } satisfies Operation<Input>,
  };
}

import { AwsError, type Call, type Operations } from '../../../rehearsal/core/service';

const ELB = 'arn:aws:elasticloadbalancing:us-east-1:111111111111';
export const BLUE = `${ELB}:targetgroup/blue/1`;
export const GREEN = `${ELB}:targetgroup/green/2`;
export const OTHER = `${ELB}:targetgroup/other/3`;
export const PRODUCTION_RULE = `${ELB}:listener-rule/app/shop/1/2/3`;
export const TEST_RULE = `${ELB}:listener-rule/app/shop/1/4/5`;
export const INFRASTRUCTURE_ROLE = 'arn:aws:iam::111111111111:role/infrastructure';
export const HOOK_ROLE = 'arn:aws:iam::111111111111:role/hook';
export const FUNCTION = 'arn:aws:lambda:us-east-1:111111111111:function:check';

export type Weights = Readonly<Record<string, number>>;

/** What a hook gets. */
export interface HookPayload {
  readonly executionId: string;
  readonly resourceArn: string;
  readonly lifecycleStage: string;
  readonly hookDetails: unknown;
  readonly executionDetails: { readonly productionTrafficWeights: Weights; readonly testTrafficWeights: Weights };
}

/** What is around the deployments of a service, as a test decides it. */
export interface Surroundings {
  /** Weights by target group of each listener rule. */
  readonly rules: Map<string, Weights>;
  /** Payloads that hooks got, in order. */
  readonly hooks: HookPayload[];
  readonly busEvents: { readonly DetailType: string; readonly Detail: Readonly<Record<string, unknown>> }[];
  /** Who called what, of every call with a role. */
  readonly calls: string[];
  /** By operation; of AssumeRole with the role's ARN. */
  readonly refused: Map<string, AwsError>;
  /** Names of those that fire. */
  readonly alarms: readonly string[];
  /** The function of a hook: its response, or an error. */
  readonly respond: (event: HookPayload) => unknown;
  /** Called after each change of a rule. */
  readonly ruleModified?: (ruleArn: string) => void;
}

/** The services that a deployment calls, in memory and in AWS's shapes. */
export function fakes(service: Surroundings): Readonly<Record<string, Operations>> {
  const guarded =
    <Input>(name: string, handle: (input: Input) => unknown) =>
    (input: Input, { principal }: Call) => {
      service.calls.push(`${name} as ${principal.callerArn.split('/').slice(-2).join('/')}`);
      const role = (input as { readonly RoleArn?: string }).RoleArn;
      const refusal = service.refused.get(role === undefined ? name : `${name} ${role}`);
      if (refusal) throw refusal;
      return handle(input);
    };
  return {
    sts: { AssumeRole: { handle: guarded('AssumeRole', () => ({})) } },
    elasticloadbalancing: {
      DescribeRules: { handle: guarded('DescribeRules', (input: Described) => describeRules(service, input)) },
      DescribeTargetGroups: { handle: () => ({ TargetGroups: [{ LoadBalancerArns: ['arn:lb'] }] }) },
      ModifyRule: { handle: guarded('ModifyRule', (input: Modified) => modifyRule(service, input)) },
    },
    lambda: { Invoke: { handle: guarded('Invoke', (input: { Payload: string }) => invoke(service, input)) } },
    events: { PutEvents: { handle: (input: { Entries: BusEntry[] }) => putEvents(service, input) } },
    cloudwatch: {
      DescribeAlarms: {
        handle: () => ({ MetricAlarms: service.alarms.map((AlarmName) => ({ AlarmName, StateValue: 'ALARM' })) }),
      },
    },
  };
}

interface Described {
  readonly RuleArns: readonly string[];
}

interface Modified {
  readonly RuleArn: string;
  readonly Actions: readonly {
    readonly ForwardConfig: { readonly TargetGroups: readonly { TargetGroupArn: string; Weight: number }[] };
  }[];
}

interface BusEntry {
  readonly DetailType: string;
  readonly Detail: string;
}

const describeRules = (service: Surroundings, { RuleArns }: Described) => ({
  Rules: RuleArns.map((RuleArn) => {
    const weights = service.rules.get(RuleArn);
    if (!weights) throw new AwsError('RuleNotFound', 'One or more rules not found');
    const TargetGroups = Object.entries(weights).map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight }));
    return { RuleArn, Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }] };
  }),
});

function modifyRule(service: Surroundings, { RuleArn, Actions }: Modified) {
  const groups = Actions[0]!.ForwardConfig.TargetGroups;
  service.rules.set(RuleArn, Object.fromEntries(groups.map((each) => [each.TargetGroupArn, each.Weight])));
  service.ruleModified?.(RuleArn);
  return {};
}

async function invoke(service: Surroundings, { Payload }: { readonly Payload: string }) {
  const event = JSON.parse(Payload) as HookPayload;
  service.hooks.push(event);
  const response = await service.respond(event);
  if (response instanceof Error) return { StatusCode: 200, FunctionError: 'Unhandled', Payload: '{}' };
  return { StatusCode: 200, Payload: typeof response === 'string' ? response : JSON.stringify(response) };
}

function putEvents(service: Surroundings, { Entries }: { readonly Entries: readonly BusEntry[] }) {
  for (const { DetailType, Detail } of Entries)
    service.busEvents.push({ DetailType, Detail: JSON.parse(Detail) as Readonly<Record<string, unknown>> });
  return {};
}

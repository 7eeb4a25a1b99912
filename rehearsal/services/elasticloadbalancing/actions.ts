import { AwsError } from '../../core/service';
import { type Scalar, boolean, integer, invalid, oneOf } from './values';

/**
 * Actions of listeners and rules, in AWS's shape with numbers as numbers.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html
 */
export type Action = ForwardAction | FixedResponseAction | RedirectAction;

export interface ForwardAction {
  readonly Type: 'forward';
  readonly Order: number;
  /** Present when there is only one group, as in AWS's responses. */
  readonly TargetGroupArn?: string;
  readonly ForwardConfig: {
    readonly TargetGroups: readonly WeightedGroup[];
    readonly TargetGroupStickinessConfig: { readonly Enabled: boolean; readonly DurationSeconds?: number };
  };
}

export interface WeightedGroup {
  readonly TargetGroupArn: string;
  /** 0 to 999. */
  readonly Weight: number;
}

export interface FixedResponseAction {
  readonly Type: 'fixed-response';
  readonly Order: number;
  readonly FixedResponseConfig: {
    readonly StatusCode: string;
    readonly ContentType?: string;
    readonly MessageBody?: string;
  };
}

export interface RedirectAction {
  readonly Type: 'redirect';
  readonly Order: number;
  readonly RedirectConfig: {
    readonly Protocol: string;
    readonly Host: string;
    readonly Port: string;
    readonly Path: string;
    readonly Query: string;
    readonly StatusCode: 'HTTP_301' | 'HTTP_302';
  };
}

/** As the API and templates give an action. */
export interface ActionInput {
  readonly Type: string;
  readonly Order?: Scalar;
  readonly TargetGroupArn?: string;
  readonly ForwardConfig?: {
    readonly TargetGroups?: readonly { readonly TargetGroupArn?: string; readonly Weight?: Scalar }[];
    readonly TargetGroupStickinessConfig?: { readonly Enabled?: Scalar; readonly DurationSeconds?: Scalar };
  };
  readonly FixedResponseConfig?: {
    readonly StatusCode?: Scalar;
    readonly ContentType?: string;
    readonly MessageBody?: string;
  };
  readonly RedirectConfig?: Readonly<Record<string, Scalar | undefined>>;
}

/** Five target groups in one forward action. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
const MAX_GROUPS = 5;

/**
 * Checks actions and completes them with AWS's defaults.
 * @param exists whether a target group's ARN is known
 * @throws AwsError ValidationError, TargetGroupNotFound, InvalidConfigurationRequest
 */
export function parseActions(inputs: readonly ActionInput[] | undefined, exists: (arn: string) => boolean): Action[] {
  if (!inputs?.length) throw invalid('A listener or rule must have at least one action');
  if (inputs.length > 1) {
    throw new AwsError('InvalidConfigurationRequest', 'Only one action, of type forward, redirect or fixed-response');
  }
  return inputs.map((input) => parseAction(input, exists));
}

function parseAction(input: ActionInput, exists: (arn: string) => boolean): Action {
  switch (input.Type) {
    case 'forward':
      return parseForward(input, exists);
    case 'fixed-response':
      return parseFixedResponse(input);
    case 'redirect':
      return parseRedirect(input);
    default:
      throw invalid(`Action type '${input.Type}' must be one of 'forward, redirect, fixed-response'`);
  }
}

function parseForward(input: ActionInput, exists: (arn: string) => boolean): ForwardAction {
  const given =
    input.ForwardConfig?.TargetGroups ?? (input.TargetGroupArn ? [{ TargetGroupArn: input.TargetGroupArn }] : []);
  if (given.length < 1 || given.length > MAX_GROUPS) {
    throw invalid(`A forward action must name 1 to ${MAX_GROUPS} target groups, not ${given.length}`);
  }
  const groups = given.map((group) => parseGroup(group, exists));
  if (new Set(groups.map((group) => group.TargetGroupArn)).size < groups.length) {
    throw invalid('A forward action must not name a target group twice');
  }
  // "you can specify only one target group using ForwardConfig and it must be the same target group specified in TargetGroupArn"
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html
  const isSame = groups.length === 1 && groups[0]?.TargetGroupArn === input.TargetGroupArn;
  if (input.TargetGroupArn && input.ForwardConfig && !isSame) {
    throw invalid(
      'You can specify only one target group using ForwardConfig, and it must be the target group specified in TargetGroupArn',
    );
  }
  const stickiness = input.ForwardConfig?.TargetGroupStickinessConfig;
  const enabled = boolean(stickiness?.Enabled, false);
  const duration = enabled && { DurationSeconds: integer('DurationSeconds', stickiness?.DurationSeconds, 1, 604_800) };
  const [only] = groups;
  return {
    Type: 'forward',
    Order: integer('Order', input.Order, 1, 50_000, 1),
    ...(groups.length === 1 && only && { TargetGroupArn: only.TargetGroupArn }),
    ForwardConfig: { TargetGroups: groups, TargetGroupStickinessConfig: { Enabled: enabled, ...duration } },
  };
}

function parseGroup(
  group: { readonly TargetGroupArn?: string; readonly Weight?: Scalar },
  exists: (arn: string) => boolean,
): WeightedGroup {
  const arn = group.TargetGroupArn ?? '';
  if (!exists(arn)) throw new AwsError('TargetGroupNotFound', `Target groups '${arn}' not found`);
  return { TargetGroupArn: arn, Weight: integer(`Weight of ${arn}`, group.Weight, 0, 999, 1) };
}

function parseFixedResponse(input: ActionInput): FixedResponseAction {
  const config = input.FixedResponseConfig ?? {};
  const status = String(config.StatusCode ?? '');
  if (!/^[245]\d\d$/.test(status)) throw invalid(`StatusCode '${status}' of a fixed response must be 2XX, 4XX or 5XX`);
  if ((config.MessageBody?.length ?? 0) > 1024) throw invalid('MessageBody must have at most 1024 characters');
  return {
    Type: 'fixed-response',
    Order: integer('Order', input.Order, 1, 50_000, 1),
    FixedResponseConfig: {
      StatusCode: status,
      ...(config.ContentType && { ContentType: config.ContentType }),
      ...(config.MessageBody !== undefined && { MessageBody: config.MessageBody }),
    },
  };
}

function parseRedirect(input: ActionInput): RedirectAction {
  const config = input.RedirectConfig ?? {};
  const text = (name: string, fallback: string) => String(config[name] ?? fallback);
  return {
    Type: 'redirect',
    Order: integer('Order', input.Order, 1, 50_000, 1),
    RedirectConfig: {
      Protocol: text('Protocol', '#{protocol}'),
      Host: text('Host', '#{host}'),
      Port: text('Port', '#{port}'),
      Path: text('Path', '/#{path}'),
      Query: text('Query', '#{query}'),
      StatusCode: oneOf('StatusCode', config.StatusCode, ['HTTP_301', 'HTTP_302']),
    },
  };
}

/** The target groups that an action forwards to, also those of weight 0. */
export function groupsOf(actions: readonly Action[]): readonly WeightedGroup[] {
  return actions.flatMap((action) => (action.Type === 'forward' ? action.ForwardConfig.TargetGroups : []));
}

import { Token } from 'aws-cdk-lib';
import type { IEcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { Policy } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { BreakGlass as Rendered, BreakGlassAllowance } from '../../lambda/release/types';
import { allow } from './provider';
import { refuse } from '../internal/validate';

/** What an emergency release may pass. */
export enum BreakGlassAllow {
  /** Alarms that fire: neither CodeDeploy nor the gate stops for them. */
  ALARMS = 'alarms',
  /** A failing smoke suite. */
  SMOKE = 'smoke',
}

/** Construction properties of `BreakGlass`. */
export interface BreakGlassOptions {
  /** Why, 10 to 150 characters. It is written into the deployment, the verdict and the log. */
  readonly reason: string;
  /** What the release may pass. @default - only alarms */
  readonly allow?: BreakGlassAllow[];
}

/** Context key of the reason: `cdk deploy -c greenlight:breakGlass="fix for the outage of today"`. */
const REASON_KEY = 'greenlight:breakGlass';
/** Context key of what may be passed: `alarms`, `smoke` or `alarms,smoke`. */
const ALLOW_KEY = 'greenlight:breakGlassAllow';
const REASON_LENGTH = { min: 10, max: 150 };

/**
 * Lets one release pass although an alarm fires or the suite fails: the fix for what they report. It
 * ends with that release, and by itself it releases nothing.
 */
export class BreakGlass {
  /**
   * From the app's context, so that no code changes in an emergency:
   * `-c greenlight:breakGlass=<reason> -c greenlight:breakGlassAllow=alarms,smoke`.
   *
   * @returns undefined without that context
   */
  public static fromContext(scope: Construct): BreakGlass | undefined {
    const reason: unknown = scope.node.tryGetContext(REASON_KEY);
    const allowed: unknown = scope.node.tryGetContext(ALLOW_KEY);
    if (reason === undefined || reason === '') {
      if (allowed !== undefined && allowed !== '')
        refuse(scope, `context ${ALLOW_KEY} without a reason: add -c ${REASON_KEY}="why this must go out now"`);
      return undefined;
    }
    const names = typeof allowed === 'string' && allowed !== '' ? allowed.split(',').map((name) => name.trim()) : [];
    const known: readonly string[] = Object.values(BreakGlassAllow);
    const unknown = names.filter((name) => !known.includes(name));
    if (typeof reason !== 'string' || unknown.length > 0 || (allowed !== undefined && typeof allowed !== 'string'))
      refuse(scope, `context ${ALLOW_KEY} ${JSON.stringify(allowed)}: must be alarms, smoke or alarms,smoke`);
    const problem = reasonProblem(reason);
    if (problem !== undefined) refuse(scope, problem);
    return new BreakGlass({ reason, ...(names.length > 0 && { allow: names as BreakGlassAllow[] }) });
  }

  private readonly reason: string;
  private readonly allowances: BreakGlassAllow[];

  /** @throws Error for a reason that says too little or too much */
  public constructor(options: BreakGlassOptions) {
    const problem = reasonProblem(options.reason);
    if (problem !== undefined) throw new Error(problem);
    if (options.allow?.length === 0)
      throw new Error(
        'break-glass allow is empty, so nothing could pass: name what may, or leave allow out for alarms',
      );
    this.reason = options.reason.trim();
    this.allowances = options.allow ?? [BreakGlassAllow.ALARMS];
  }

  /**
   * Passing alarms overrides them for one deployment, which CodeDeploy accepts only from those who may change the group.
   * https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeployment.html (overrideAlarmConfiguration)
   * The grant leaves with the next deploy, which has no break-glass.
   *
   * @internal
   */
  public _grant(grantee: Policy, deploymentGroup: IEcsDeploymentGroup): void {
    if (!this.allowances.includes(BreakGlassAllow.ALARMS)) return;
    allow(grantee, ['codedeploy:UpdateDeploymentGroup'], [deploymentGroup.deploymentGroupArn]);
  }

  /** @internal */
  public _render(): Rendered {
    return { Reason: this.reason, Allow: this.allowances.map((each): BreakGlassAllowance => each) };
  }
}

function reasonProblem(reason: string): string | undefined {
  if (Token.isUnresolved(reason)) return undefined;
  const length = reason.trim().length;
  if (length >= REASON_LENGTH.min && length <= REASON_LENGTH.max) return undefined;
  return (
    `break-glass reason ${JSON.stringify(reason)}: must have ${REASON_LENGTH.min} to ${REASON_LENGTH.max} characters: ` +
    'say why this release must pass, as it is kept with the deployment'
  );
}

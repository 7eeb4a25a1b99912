/** The emergency release: how it is written into a deployment's description, and read from there. Pure. */
import { shorten } from '../../common/text';

export interface BreakGlass {
  /** Why, for a later reader of the deployment. */
  readonly Reason: string;
  /** What the release may pass: `alarms` that fire, or a failing `smoke` suite. */
  readonly Allow: readonly BreakGlassAllowance[];
}

export type BreakGlassAllowance = 'alarms' | 'smoke';

const ALLOWANCES: readonly string[] = ['alarms', 'smoke'] satisfies BreakGlassAllowance[];
const MARK = 'break-glass';
const FORM = new RegExp(`${MARK} \\[([a-z,]+)\\] (.+)$`);

/** The deployment carries it, so that it ends with this release and the gates find it where everybody does. */
const DESCRIPTION_LENGTH_MAX = 250;

export const RELEASE_DESCRIPTION = 'cdk-greenlight: ';

export function describeRelease(serviceName: string, breakGlass: BreakGlass | undefined): string {
  const base = `${RELEASE_DESCRIPTION}${serviceName}`.slice(0, 100);
  if (!breakGlass) return base;
  const reason = breakGlass.Reason.replace(/\s+/g, ' ').trim();
  return shorten(`${base}; ${MARK} [${breakGlass.Allow.join(',')}] ${reason}`, DESCRIPTION_LENGTH_MAX);
}

/** @returns undefined for a release like any other */
export function readBreakGlass(description: string | undefined): BreakGlass | undefined {
  const [, allowed, reason] = FORM.exec(description ?? '') ?? [];
  if (allowed === undefined || reason === undefined) return undefined;
  const known = allowed.split(',').filter((each) => ALLOWANCES.includes(each)) as BreakGlassAllowance[];
  return known.length > 0 ? { Reason: reason, Allow: known } : undefined;
}

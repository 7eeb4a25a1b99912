import { isIntrinsic, resolve, type Scope } from '../template/intrinsics';
import { isRecord } from '../template/template';
import { UNKNOWN } from './validate';

/** The value with every intrinsic function resolved that can be before a deployment, and `UNKNOWN` in place of the others. */
export function resolveKnown(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveKnown(item, scope)).filter((item) => item !== undefined);
  if (!isRecord(value)) return value;
  const branch = chosenBranch(value, scope);
  if (branch) return resolveKnown(branch.value, scope);
  if (isIntrinsic(value)) return resolvedOrUnknown(value, scope);
  const entries = Object.entries(value).map(([key, item]) => [key, resolveKnown(item, scope)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

/** Conditions are known before a deployment: of `Fn::If`, one branch is judged like any other value. */
function chosenBranch(value: Readonly<Record<string, unknown>>, scope: Scope): { readonly value: unknown } | undefined {
  const branches = value['Fn::If'];
  if (!isIntrinsic(value) || !Array.isArray(branches) || branches.length !== 3) return undefined;
  return { value: scope.condition(String(branches[0])) ? branches[1] : (branches[2] as unknown) };
}

function resolvedOrUnknown(value: unknown, scope: Scope): unknown {
  try {
    return resolve(value, scope);
  } catch {
    // Whatever is wrong with it, the deployment says.
    return UNKNOWN;
  }
}

import { Token } from 'aws-cdk-lib';
import type { ListenerCondition } from 'aws-cdk-lib/aws-elasticloadbalancingv2';

interface RawCondition {
  readonly field?: string;
  readonly hostHeaderConfig?: { readonly values?: readonly string[] };
  readonly pathPatternConfig?: { readonly values?: readonly string[] };
}

const rawOf = (condition: ListenerCondition): RawCondition => condition.renderRawCondition() as RawCondition;

/** The first name in a host condition that is a name and no pattern. */
export function hostOf(conditions: readonly ListenerCondition[] = []): string | undefined {
  const hosts = conditions.map(rawOf).flatMap(({ hostHeaderConfig }) => hostHeaderConfig?.values ?? []);
  return hosts.find((host) => !Token.isUnresolved(host) && !/[*?]/.test(host));
}

/** Path patterns none of which matches the path; undefined when one does, or none is asked for. */
export function pathsWithout(
  path: string | undefined,
  conditions: readonly ListenerCondition[] = [],
): readonly string[] | undefined {
  if (path === undefined || Token.isUnresolved(path)) return undefined;
  const mismatch = conditions
    .map((condition) => rawOf(condition).pathPatternConfig?.values)
    .find((patterns) => patterns && !patterns.some((pattern) => matches(pattern, path)));
  return mismatch;
}

/** Whether a plain GET of the path under the name is what the conditions ask for; a rule without any takes all. */
export function reaches(
  conditions: readonly ListenerCondition[] | undefined,
  { host, path }: { readonly host?: string; readonly path: string },
): boolean {
  return (conditions ?? []).map(rawOf).every(({ hostHeaderConfig, pathPatternConfig }) => {
    if (pathPatternConfig) return Boolean(pathPatternConfig.values?.some((pattern) => matches(pattern, path)));
    if (hostHeaderConfig) return Boolean(hostHeaderConfig.values?.some((pattern) => matches(pattern, host ?? '')));
    return false;
  });
}

/**
 * `*` is any number of characters, `?` one. A pattern that is not known yet matches.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
function matches(pattern: string, text: string): boolean {
  if (Token.isUnresolved(pattern) || Token.isUnresolved(text)) return true;
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(text);
}

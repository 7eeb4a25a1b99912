/** What a target gets of an event: pure. */

export interface Target {
  readonly Id: string;
  readonly Arn: string;
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
}

/** @param predefined variables such as `aws.events.rule-name` */
export function inputOf(target: Target, event: unknown, predefined: Readonly<Record<string, unknown>>): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(at(event, target.InputPath));
  if (!target.InputTransformer) return JSON.stringify(event);
  const { InputPathsMap = {}, InputTemplate } = target.InputTransformer;
  const values = Object.entries(InputPathsMap).map(([name, path]) => [name, at(event, path)] as const);
  return filled(InputTemplate, { ...predefined, ...Object.fromEntries(values) });
}

/** `$.detail.list[0]`, in the dot notation of EventBridge. @returns undefined when it leads nowhere */
function at(event: unknown, path: string): unknown {
  const steps = path.match(/[^.[\]$]+/g) ?? [];
  return steps.reduce<unknown>(
    (value, step) => (value as Readonly<Record<string, unknown>> | undefined)?.[step],
    event,
  );
}

/**
 * Placeholders within quotes become text, elsewhere JSON; one without a value becomes empty.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
function filled(template: string, values: Readonly<Record<string, unknown>>): string {
  let quoted = false;
  return template.replace(/\\.|"|<([\w.-]+)>/g, (found: string, name: string | undefined) => {
    if (found === '"') quoted = !quoted;
    if (name === undefined || !Object.hasOwn(values, name)) return found;
    const value = values[name];
    if (!quoted) return value === undefined ? '""' : JSON.stringify(value);
    const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
    return JSON.stringify(text).slice(1, -1);
  });
}

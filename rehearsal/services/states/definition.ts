/**
 * The Amazon States Language as far as it is rehearsed, checked when a state machine is created.
 * https://states-language.net/ and https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
 */
export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  /** Of an execution, AWS seconds. */
  readonly TimeoutSeconds?: number;
  readonly QueryLanguage?: string;
}

export interface State {
  readonly Type: 'Pass' | 'Wait' | 'Task' | 'Choice' | 'Succeed' | 'Fail';
  readonly Next?: string;
  readonly End?: boolean;
  readonly InputPath?: string | null;
  readonly OutputPath?: string | null;
  readonly Parameters?: unknown;
  readonly ResultSelector?: unknown;
  readonly ResultPath?: string | null;
  /** Pass. */
  readonly Result?: unknown;
  /** Wait. */
  readonly Seconds?: number;
  readonly SecondsPath?: string;
  readonly Timestamp?: string;
  readonly TimestampPath?: string;
  /** Task. */
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
  /** Choice. */
  readonly Choices?: readonly (Rule & { readonly Next: string })[];
  readonly Default?: string;
  /** Fail. */
  readonly Error?: string;
  readonly ErrorPath?: string;
  readonly Cause?: string;
  readonly CausePath?: string;
  readonly QueryLanguage?: string;
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  /** Default 1. */
  readonly IntervalSeconds?: number;
  /** Default 3. */
  readonly MaxAttempts?: number;
  /** Default 2. */
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly ResultPath?: string | null;
}

export interface Rule {
  readonly Variable?: string;
  readonly And?: readonly Rule[];
  readonly Or?: readonly Rule[];
  readonly Not?: Rule;
  readonly [comparison: string]: unknown;
}

const TYPES: readonly string[] = ['Pass', 'Wait', 'Task', 'Choice', 'Succeed', 'Fail'];

/** @throws Error that names the state and what is wrong with it */
export function parseDefinition(text: string): Definition {
  const definition = JSON.parse(text) as Definition;
  if (typeof definition.States !== 'object' || !definition.StartAt) throw new Error('StartAt and States are required');
  const problems = [
    ...target(definition, 'StartAt', definition.StartAt),
    ...Object.entries(definition.States).flatMap(([name, state]) => problemsOf(definition, name, state)),
    ...jsonata('the state machine', definition.QueryLanguage),
  ];
  if (problems.length > 0) throw new Error(problems.join('; '));
  return definition;
}

function problemsOf(definition: Definition, name: string, state: State): readonly string[] {
  if (!TYPES.includes(state.Type)) return [`state ${name}: type ${state.Type} is not rehearsed`];
  const ends = state.Type === 'Succeed' || state.Type === 'Fail' || state.Type === 'Choice';
  return [
    ...(ends || state.End || state.Next ? [] : [`state ${name}: has neither Next nor End`]),
    ...(state.Type === 'Task' && !state.Resource ? [`state ${name}: a Task needs a Resource`] : []),
    ...(state.Next ? target(definition, name, state.Next) : []),
    ...(state.Default ? target(definition, name, state.Default) : []),
    ...(state.Choices ?? []).flatMap((choice) => target(definition, name, choice.Next)),
    ...(state.Catch ?? []).flatMap((catcher) => target(definition, name, catcher.Next)),
    ...jsonata(`state ${name}`, state.QueryLanguage),
  ];
}

function target(definition: Definition, from: string, next: string): readonly string[] {
  return Object.hasOwn(definition.States, next) ? [] : [`${from}: there is no state ${next}`];
}

function jsonata(where: string, language: string | undefined): readonly string[] {
  return language === undefined || language === 'JSONPath' ? [] : [`${where}: ${language} is not rehearsed`];
}

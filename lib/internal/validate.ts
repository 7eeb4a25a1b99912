import { Token, type Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Stops synthesis with the construct's path, what was wrong, and what to do. */
export function refuse(scope: Construct, message: string): never {
  throw new Error(`${scope.node.path}: ${message}`);
}

export interface NumberLimits {
  readonly min: number;
  readonly max: number;
  /** Only whole numbers. */
  readonly whole?: boolean;
  /** Ends the message, e.g. `use allAtOnce() for 100 %`. */
  readonly remedy?: string;
}

/** @returns what is wrong with the value, or undefined; tokens pass, as their value is not known yet */
export function numberProblem(name: string, value: number, limits: NumberLimits): string | undefined {
  if (Token.isUnresolved(value)) return undefined;
  const fits = value >= limits.min && value <= limits.max && (!limits.whole || Number.isInteger(value));
  if (fits) return undefined;
  const kind = limits.whole ? 'a whole number' : 'a number';
  return sentence(`${name} ${value}: must be ${kind} from ${limits.min} to ${limits.max}`, limits.remedy);
}

export interface DurationLimits {
  readonly minSeconds: number;
  readonly maxSeconds: number;
  /** The duration must be a multiple of it: 60 for APIs that take minutes, 0 for any. Default 1. */
  readonly stepSeconds?: number;
  readonly remedy?: string;
}

/** @returns what is wrong with the duration, or undefined; tokens pass */
export function durationProblem(name: string, value: Duration, limits: DurationLimits): string | undefined {
  if (value.isUnresolved()) return undefined;
  const seconds = value.toSeconds({ integral: false });
  const step = limits.stepSeconds ?? 1;
  if (seconds >= limits.minSeconds && seconds <= limits.maxSeconds && (step === 0 || seconds % step === 0))
    return undefined;
  const kind = step === 60 ? 'whole minutes' : step === 0 ? 'a duration' : 'whole seconds';
  const range = `from ${withUnit(limits.minSeconds, step)} to ${withUnit(limits.maxSeconds, step)}`;
  return sentence(`${name} ${withUnit(seconds, step)}: must be ${kind} ${range}`, limits.remedy);
}

/** Throws one error with every problem, so that a user fixes them in one go. */
export function refuseAll(scope: Construct, problems: readonly (string | undefined)[]): void {
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) refuse(scope, found.join('; '));
}

function sentence(problem: string, remedy?: string): string {
  return remedy ? `${problem}: ${remedy}` : problem;
}

function withUnit(seconds: number, step: number): string {
  return step === 60 ? `${seconds / 60} min` : `${seconds} s`;
}

import { inTime } from './in-time';

/** @returns what is wrong with a regular expression, or undefined */
export function patternProblem(pattern: string): string | undefined {
  try {
    // The value of `${name}` is escaped, so any letter can replace it here.
    new RegExp(pattern.replace(/\$\{[^}]*\}/g, 'x'));
    return undefined;
  } catch (error) {
    return `not a regular expression (${(error as Error).message})`;
  }
}

/** The match with its groups; null if there is none. @returns undefined if the time was over, or the pattern is invalid */
export function match(pattern: string, text: string, flags = ''): readonly string[] | null | undefined {
  try {
    const found = inTime(() => new RegExp(pattern, flags).exec(text))?.value;
    return found && [...found];
  } catch {
    return undefined;
  }
}

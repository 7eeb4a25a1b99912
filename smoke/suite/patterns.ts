import { inTime } from './in-time';

/** @returns what is wrong with a regular expression, or undefined */
export function patternProblem(pattern: string): string | undefined {
  try {
    // What `${name}` becomes is escaped, so any letter takes its place.
    new RegExp(pattern.replace(/\$\{[^}]*\}/g, 'x'));
    return undefined;
  } catch (error) {
    return `not a regular expression (${(error as Error).message})`;
  }
}

/** The match with its groups, null for none. @returns undefined when the pattern was not decided in time, or is none */
export function match(pattern: string, text: string, flags = ''): readonly string[] | null | undefined {
  try {
    const found = inTime(() => new RegExp(pattern, flags).exec(text))?.value;
    return found && [...found];
  } catch {
    return undefined;
  }
}

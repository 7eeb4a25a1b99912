import { runInNewContext } from 'node:vm';

/** A pattern that backtracks for ever must not keep the gate from its report. */
export const PATTERN_MS_MAX = 1_000;

/** @returns what is wrong with a regular expression, or undefined */
export function patternProblem(pattern: string): string | undefined {
  try {
    // What `${name}` becomes is escaped, so any letter stands for it.
    new RegExp(pattern.replace(/\$\{[^}]*\}/g, 'x'));
    return undefined;
  } catch (error) {
    return `not a regular expression (${(error as Error).message})`;
  }
}

/** The match with its groups, null for none. @returns undefined when the pattern was not decided in time */
export function match(pattern: string, text: string, flags = ''): readonly string[] | null | undefined {
  try {
    const code = 'new RegExp(pattern, flags).exec(text)';
    const found = runInNewContext(code, { pattern, text, flags }, { timeout: PATTERN_MS_MAX }) as string[] | null;
    return found && [...found];
  } catch {
    return undefined;
  }
}

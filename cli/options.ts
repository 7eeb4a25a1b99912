import { InvalidArgumentError } from 'commander';

/** Parsers of option values. Each error says what is allowed. */

export function number(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`Give a number from ${minimum} to ${maximum}.`);
  };
}

export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`Give a whole number from ${minimum} to ${maximum}.`);
  };
}

export function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

/** `key=value` pairs of a repeatable option; the last value of a key counts. */
export function pair(text: string, earlier: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at > 0) return { ...earlier, [text.slice(0, at)]: text.slice(at + 1) };
  throw new InvalidArgumentError('Give a key and a value: key=value.');
}

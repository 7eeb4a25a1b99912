import { distance } from 'fastest-levenshtein';

/** Of a name's characters, those that may differ. */
const SHARE_MAX = 0.4;

/** The name that was most likely meant; undefined when none is similar. */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, edits: distance(given.toLowerCase(), name.toLowerCase()) }))
    .sort((one, other) => one.edits - other.edits);
  const [best] = ranked;
  return best && best.edits <= Math.floor(Math.max(given.length, best.name.length) * SHARE_MAX) ? best.name : undefined;
}

/** ` (did you mean stack?)`, or nothing. */
export function didYouMean(given: string, names: readonly string[]): string {
  const name = nearest(given, names);
  return name === undefined ? '' : ` (did you mean ${name}?)`;
}

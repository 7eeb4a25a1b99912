import { createHash } from 'node:crypto';
import { ExactNumber } from '../../common/json/exact-number';
import { parseJson } from '../../common/json/parse';
import { scalarText } from '../../common/json/values';
import { copyOf, shorten } from '../../common/text';

/** What is compared of a response. */
export interface ComparedResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is at one place of a response. */
export interface Seen {
  readonly type: string;
  /** The value, or its beginning and a digest of all of it. */
  readonly value: string;
}

export interface Places {
  readonly places: ReadonlyMap<string, Seen>;
  /** Whether every place is there; a response with too many values is looked at in part. */
  readonly isComplete: boolean;
}

/** The JSON itself: an object or a list. */
export const ROOT = 'json ';

/** Values of one response that are looked at, and elements of one of its lists. The work per response is bounded. */
const VALUES_MAX = 20_000;
const ELEMENTS_MAX = 1_000;
/** Characters of all values at one place, and of its name. */
const TEXT_LENGTH_MAX = 2_000;
const NAME_LENGTH_MAX = 200;
/** Longer values are kept as a digest. */
const VALUE_LENGTH_MAX = 200;

/** `status`, `header <name>`, `body` for what is no JSON, `json <path>` for each value of what is. */
export function placesOf({ status, headers, body }: ComparedResponse, names: readonly string[]): Places {
  const places = new Map<string, Seen>([['status', { type: 'number', value: String(status) }]]);
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) places.set(`header ${name}`, { type: 'string', value: inShort(value) });
  }
  // An error's body is another matter than the response that it replaces.
  if (status >= 400) return { places, isComplete: true };
  const json = parse(body);
  if (json === undefined) {
    places.set('body', { type: 'text', value: inShort(body) });
    return { places, isComplete: true };
  }
  const found = flatten(json);
  for (const [path, { types, text }] of found.places) {
    places.set(`json ${path}`, { type: [...types].sort().join(' or '), value: inShort(text) });
  }
  return { places, isComplete: found.isComplete };
}

/** A text that differs where the value does, in little memory of its own. */
function inShort(value: string): string {
  if (value.length <= VALUE_LENGTH_MAX) return copyOf(value);
  const digest = createHash('sha256').update(value).digest('base64url').slice(0, 16);
  return copyOf(`${shorten(value, VALUE_LENGTH_MAX - 40)} (${value.length} characters, ${digest})`);
}

function parse(body: string): unknown {
  if (!/^\s*[[{]/.test(body)) return undefined;
  try {
    return parseJson(body);
  } catch {
    return undefined;
  }
}

interface Found {
  readonly types: Set<string>;
  text: string;
}

/** Each path with the types and values found there, those of a list's elements together: `orders[].id`. */
function flatten(json: unknown): { places: ReadonlyMap<string, Found>; isComplete: boolean } {
  const places = new Map<string, Found>();
  let values = 0;
  let isComplete = true;
  const visit = (path: string, value: unknown): void => {
    if (values >= VALUES_MAX) return void (isComplete = false);
    values += 1;
    const type = typeOf(value);
    const place = places.get(path) ?? { types: new Set(), text: '' };
    places.set(path, place);
    place.types.add(type);
    if (Array.isArray(value)) {
      for (let index = 0; index < Math.min(value.length, ELEMENTS_MAX); index++)
        visit(nameOf(`${path}[]`), value[index]);
    } else if (type === 'object') {
      for (const key in value as object) {
        visit(nameOf(path ? `${path}.${key}` : key), (value as Record<string, unknown>)[key]);
      }
    } else if (place.text.length < TEXT_LENGTH_MAX) place.text += `${place.text && ', '}${scalarText(value)}`;
  };
  visit('', json);
  return { places, isComplete };
}

function nameOf(path: string): string {
  return path.length <= NAME_LENGTH_MAX ? path : copyOf(shorten(path, NAME_LENGTH_MAX));
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (value instanceof ExactNumber) return 'number';
  return Array.isArray(value) ? 'array' : typeof value;
}

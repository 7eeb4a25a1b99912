import { createHash } from 'node:crypto';
import { ExactNumber } from '../../common/json/exact-number';
import { parseJson } from '../../common/json/parse';
import { scalarText } from '../../common/json/values';
import { copyOf, shorten } from '../../common/text';

/** The part of a response that is compared. */
export interface ComparedResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The value at one place of a response. */
export interface PlaceValue {
  readonly type: string;
  /** The value, or its beginning and a digest of the whole. */
  readonly value: string;
}

export interface Places {
  readonly places: ReadonlyMap<string, PlaceValue>;
  /** Whether every place is included. A response with too many values is inspected in part. */
  readonly isComplete: boolean;
}

/** The JSON itself: an object or a list. */
export const ROOT = 'json ';

/** Values of one response that are inspected, and elements of one of its lists. The work per response is bounded. */
const VALUES_MAX = 20_000;
const ELEMENTS_MAX = 1_000;
/** Characters of all values at one place, and of the place's name. */
const TEXT_LENGTH_MAX = 2_000;
const NAME_LENGTH_MAX = 200;
/** Longer values are kept as a digest. */
const VALUE_LENGTH_MAX = 200;

/** `status`, `header <name>`, `body` if it is not JSON, or `json <path>` for each value in the JSON. */
export function placesOf({ status, headers, body }: ComparedResponse, names: readonly string[]): Places {
  const places = new Map<string, PlaceValue>([['status', { type: 'number', value: String(status) }]]);
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) places.set(`header ${name}`, { type: 'string', value: inShort(value) });
  }
  // The body of an error is not comparable with that of a success.
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

/** A short text that differs if the value differs. It does not keep the whole value in memory. */
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

/** Each path with its types and values. The elements of a list share one path: `orders[].id`. */
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

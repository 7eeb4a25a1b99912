import { shorten } from '../../common/text';
import { type ComparedResponse, placesOf, ROOT } from './places';
import type { ResponseDifference } from './result';

export type Side = 'blue' | 'green';

/** How many responses of each side and request are inspected. The status of every response is. */
export const RESPONSES_MAX = 40;
/**
 * The number of responses of blue that show which values differ within blue and are therefore noise. Also the number of
 * failed responses of green, without any other, that are not by chance.
 */
const RESPONSES_MIN = 5;
/** Places of all requests and both sides together. Each has up to `VALUES_MAX` texts, so memory is bounded. */
const PLACES_TOTAL_MAX = 20_000;
const PLACES_MAX = 500;
const VALUES_MAX = 8;
const SHOWN_MAX = 80;

interface Place {
  /** The number of responses that have the place. */
  present: number;
  readonly types: Set<string>;
  /** Distinct values, `VALUES_MAX` at most. */
  readonly values: Map<string, number>;
}

interface Sheet {
  responses: number;
  /** The number of failed responses by status. */
  readonly failed: Map<string, number>;
  readonly places: Map<string, Place>;
  /** The largest number of places. */
  readonly placesMax: number;
  /** Whether the responses have more places than `placesMax`, so that a missing place may exist. */
  isPartial: boolean;
}

type Kind = ResponseDifference['kind'];

/**
 * Finds what differs between the responses of both sides to the same request. What differs between two responses of blue, such
 * as a time, an identifier or a counter, is noise.
 */
export class ResponseComparison {
  private readonly sheets: ReadonlyMap<string, Record<Side, Sheet>>;
  private readonly reported = new Set<string>();

  /**
   * @param headers names of the headers to compare, in lower case
   * @param requests names of all requests, in the order in which differences are reported
   */
  constructor(
    private readonly headers: readonly string[],
    requests: readonly string[],
  ) {
    const placesMax = Math.min(PLACES_MAX, Math.ceil(PLACES_TOTAL_MAX / (2 * requests.length)));
    this.sheets = new Map(requests.map((name) => [name, { blue: sheet(placesMax), green: sheet(placesMax) }]));
  }

  /**
   * @param failed whether the response counts as an error. Errors are compared by their number, so a single one is no
   * difference between the versions
   */
  observe(request: string, side: Side, response: ComparedResponse, failed = false): void {
    const sheets = this.sheets.get(request);
    if (!sheets) throw new RangeError(`${request} is none of the requests that are compared`);
    const { responses, failed: statuses } = sheets[side];
    if (failed) return void statuses.set(String(response.status), (statuses.get(String(response.status)) ?? 0) + 1);
    if (responses >= RESPONSES_MAX) return;
    sheets[side].responses += 1;
    const { places, isComplete } = placesOf(response, this.headers);
    if (!isComplete) sheets[side].isPartial = true;
    for (const [place, { type, value }] of places) note(sheets[side], place, type, value);
  }

  /**
   * The differences of the requests whose inspection is finished. Each is returned once, because it no longer changes.
   */
  settled(): ResponseDifference[] {
    const full = [...this.sheets].filter(
      ([request, sides]) =>
        !this.reported.has(request) && Object.values(sides).every((it) => it.responses >= RESPONSES_MAX),
    );
    return full.flatMap(([request, { blue, green }]) => {
      this.reported.add(request);
      return compare(request, blue, green).differences;
    });
  }

  /** @returns the differences of all requests, and the places that are noise because blue's own responses differ there */
  findings(): { differences: ResponseDifference[]; noise: string[] } {
    const found = [...this.sheets].map(([request, { blue, green }]) => compare(request, blue, green));
    return {
      differences: found.flatMap(({ differences }) => differences),
      noise: [...new Set(found.flatMap(({ noise }) => noise))].sort(),
    };
  }
}

function sheet(placesMax: number): Sheet {
  return { responses: 0, failed: new Map(), places: new Map(), placesMax, isPartial: false };
}

function note(sheet: Sheet, name: string, type: string, value: string): void {
  const { places, placesMax } = sheet;
  if (!places.has(name) && places.size >= placesMax) return void (sheet.isPartial = true);
  const place: Place = places.get(name) ?? { present: 0, types: new Set(), values: new Map() };
  places.set(name, place);
  place.present += 1;
  place.types.add(type);
  if (place.values.has(value) || place.values.size < VALUES_MAX) {
    place.values.set(value, (place.values.get(value) ?? 0) + 1);
  }
}

function compare(request: string, blue: Sheet, green: Sheet): { differences: ResponseDifference[]; noise: string[] } {
  const differences: ResponseDifference[] = [];
  const noise: string[] = [];
  if (blue.responses < RESPONSES_MIN) return { differences, noise };
  if (green.responses === 0)
    return { differences: alwaysFailing(blue, green).map((it) => ({ request, ...it })), noise };
  const isPartial = blue.isPartial || green.isPartial;
  const names = new Set([...blue.places.keys(), ...green.places.keys()]);
  for (const name of names) {
    if (isPartial && name.startsWith('json ') && !(blue.places.has(name) && green.places.has(name))) continue;
    // JSON on only one side is reported by the places in it.
    if (name === ROOT && !(blue.places.has(name) && green.places.has(name))) continue;
    const verdict = comparePlace(name, blue, green);
    if (verdict === 'noise') noise.push(`${request}: ${placeOf(name)}`);
    else if (verdict) differences.push({ request, place: placeOf(name), ...verdict });
  }
  return { differences, noise };
}

/** A request that always fails on green. It is reported by its status, because the share of errors does not name it. */
function alwaysFailing(blue: Sheet, green: Sheet): Omit<ResponseDifference, 'request'>[] {
  const of = [...green.failed.values()].reduce((sum, times) => sum + times, 0);
  const [most] = [...green.failed].sort(([, one], [, other]) => other - one);
  if (of < RESPONSES_MIN || !most) return [];
  const [status, times] = most;
  return [{ kind: 'status', place: 'status', blue: shown(blue.places.get('status')), green: status, count: times, of }];
}

type Verdict = 'noise' | Pick<ResponseDifference, 'kind' | 'blue' | 'green' | 'count' | 'of'> | undefined;

function comparePlace(name: string, blue: Sheet, green: Sheet): Verdict {
  const [inBlue, inGreen] = [blue.places.get(name), green.places.get(name)];
  const of = green.responses;
  if (!inBlue)
    return {
      kind: kindOf(name, 'json-added'),
      blue: 'absent',
      green: shown(inGreen),
      count: inGreen?.present ?? 0,
      of,
    };
  if (!inGreen) {
    const always = inBlue.present >= comparable(name, blue);
    return always
      ? { kind: kindOf(name, 'json-missing'), blue: shown(inBlue), green: 'absent', count: of, of }
      : 'noise';
  }
  const newTypes = [...inGreen.types].filter((type) => !inBlue.types.has(type));
  if (newTypes.length > 0) {
    return {
      kind: kindOf(name, 'json-type'),
      blue: [...inBlue.types].join(', '),
      green: newTypes.join(', '),
      count: of,
      of,
    };
  }
  const missing = comparable(name, green) - inGreen.present;
  if (missing > 0 && !(green.isPartial && name.startsWith('json ')) && inBlue.present >= comparable(name, blue)) {
    return { kind: kindOf(name, 'json-missing'), blue: shown(inBlue), green: 'absent', count: missing, of };
  }
  if (inBlue.values.size > 1) return 'noise';
  const others = [...inGreen.values].filter(([value]) => !inBlue.values.has(value));
  if (others.length === 0) return undefined;
  const differing = others.reduce((sum, [, times]) => sum + times, 0);
  return {
    kind: kindOf(name, 'json-value'),
    blue: shown(inBlue),
    green: shorten(others[0]?.[0] ?? '', SHOWN_MAX),
    count: differing,
    of,
  };
}

/** The number of responses that could have the place: for a place in JSON, those with JSON. */
function comparable(name: string, { responses, places }: Sheet): number {
  return name.startsWith('json ') ? (places.get(ROOT)?.present ?? 0) : responses;
}

function kindOf(name: string, json: Kind): Kind {
  if (name.startsWith('json ')) return json;
  return name.startsWith('header ') ? 'header' : (name as 'status' | 'body');
}

function placeOf(name: string): string {
  return name === ROOT ? 'body' : name.replace(/^(json|header) /, '');
}

function shown(place: Place | undefined): string {
  return shorten([...(place?.values.keys() ?? [])][0] ?? '', SHOWN_MAX) || [...(place?.types ?? [])].join(', ');
}

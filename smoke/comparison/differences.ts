import { shorten } from '../../common/text';
import { type ComparedResponse, placesOf, ROOT } from './places';
import type { ResponseDifference } from './result';

export type Side = 'blue' | 'green';

/** Responses of each side and request that are looked into; statuses of all are. */
export const RESPONSES_MAX = 40;
/**
 * Responses of blue before it is known what differs between two responses of blue, and so is noise; and failed ones of green,
 * with no other, before that is no chance.
 */
const RESPONSES_MIN = 5;
/** Places of all requests and both sides together, each of which holds up to `VALUES_MAX` texts: the memory is bounded. */
const PLACES_TOTAL_MAX = 20_000;
const PLACES_MAX = 500;
const VALUES_MAX = 8;
const SHOWN_MAX = 80;

interface Place {
  /** Responses in which it was there. */
  present: number;
  readonly types: Set<string>;
  /** Distinct values; more than `VALUES_MAX` are not told apart. */
  readonly values: Map<string, number>;
}

interface Sheet {
  responses: number;
  /** How often each status was that of a failed response. */
  readonly failed: Map<string, number>;
  readonly places: Map<string, Place>;
  /** Places that are noted at most. */
  readonly placesMax: number;
  /** Whether there were more places than are noted: then an absent one may be there. */
  isPartial: boolean;
}

type Kind = ResponseDifference['kind'];

/**
 * Finds what differs between the responses of both sides to the same request, but not between two responses of blue:
 * times, identifiers and counters differ there too, and are told apart as noise.
 */
export class ResponseComparison {
  private readonly sheets: ReadonlyMap<string, Record<Side, Sheet>>;
  private readonly told = new Set<string>();

  /**
   * @param headers names of the headers to compare, in lower case
   * @param requests names of all requests, in the order in which what is found is told: not that of the responses
   */
  constructor(
    private readonly headers: readonly string[],
    requests: readonly string[],
  ) {
    const placesMax = Math.min(PLACES_MAX, Math.ceil(PLACES_TOTAL_MAX / (2 * requests.length)));
    this.sheets = new Map(requests.map((name) => [name, { blue: sheet(placesMax), green: sheet(placesMax) }]));
  }

  /**
   * @param failed whether the response counts as an error. Errors are weighed by their number: that one of them met green
   * and not blue is chance, and no difference between the versions
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
   * The differences of the requests of which no further response is looked into. Each is told once: they stay as they are.
   */
  settled(): ResponseDifference[] {
    const full = [...this.sheets].filter(
      ([request, sides]) =>
        !this.told.has(request) && Object.values(sides).every((it) => it.responses >= RESPONSES_MAX),
    );
    return full.flatMap(([request, { blue, green }]) => {
      this.told.add(request);
      return compare(request, blue, green).differences;
    });
  }

  /** @returns the differences of all requests, and the places that say nothing as blue itself varies there */
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
    // That there is JSON on one side alone is told by what is in it.
    if (name === ROOT && !(blue.places.has(name) && green.places.has(name))) continue;
    const verdict = comparePlace(name, blue, green);
    if (verdict === 'noise') noise.push(`${request}: ${placeOf(name)}`);
    else if (verdict) differences.push({ request, place: placeOf(name), ...verdict });
  }
  return { differences, noise };
}

/** A request that green cannot respond to at all: reported by its status, as the share of errors does not name it. */
function alwaysFailing(blue: Sheet, green: Sheet): Omit<ResponseDifference, 'request'>[] {
  const of = [...green.failed.values()].reduce((sum, times) => sum + times, 0);
  const [most] = [...green.failed].sort(([, one], [, other]) => other - one);
  if (of < RESPONSES_MIN || !most) return [];
  const [status, seen] = most;
  return [{ kind: 'status', place: 'status', blue: shown(blue.places.get('status')), green: status, seen, of }];
}

type Verdict = 'noise' | Pick<ResponseDifference, 'kind' | 'blue' | 'green' | 'seen' | 'of'> | undefined;

function comparePlace(name: string, blue: Sheet, green: Sheet): Verdict {
  const [inBlue, inGreen] = [blue.places.get(name), green.places.get(name)];
  const of = green.responses;
  if (!inBlue)
    return { kind: kindOf(name, 'json-added'), blue: 'absent', green: shown(inGreen), seen: inGreen?.present ?? 0, of };
  if (!inGreen) {
    const always = inBlue.present >= comparable(name, blue);
    return always
      ? { kind: kindOf(name, 'json-missing'), blue: shown(inBlue), green: 'absent', seen: of, of }
      : 'noise';
  }
  const newTypes = [...inGreen.types].filter((type) => !inBlue.types.has(type));
  if (newTypes.length > 0) {
    return {
      kind: kindOf(name, 'json-type'),
      blue: [...inBlue.types].join(', '),
      green: newTypes.join(', '),
      seen: of,
      of,
    };
  }
  const missing = comparable(name, green) - inGreen.present;
  if (missing > 0 && !(green.isPartial && name.startsWith('json ')) && inBlue.present >= comparable(name, blue)) {
    return { kind: kindOf(name, 'json-missing'), blue: shown(inBlue), green: 'absent', seen: missing, of };
  }
  if (inBlue.values.size > 1) return 'noise';
  const others = [...inGreen.values].filter(([value]) => !inBlue.values.has(value));
  if (others.length === 0) return undefined;
  const seen = others.reduce((sum, [, times]) => sum + times, 0);
  return {
    kind: kindOf(name, 'json-value'),
    blue: shown(inBlue),
    green: shorten(others[0]?.[0] ?? '', SHOWN_MAX),
    seen,
    of,
  };
}

/** Responses in which the place could have been: those with JSON, for what is in it. */
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

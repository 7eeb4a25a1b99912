import { shorten } from '../../common/text';
import { type Answer, placesOf, ROOT } from './places';
import type { ResponseDifference } from './result';

export type Side = 'blue' | 'green';

/** Answers of each side and request that are looked into; statuses of all are. */
export const ANSWERS_MAX = 40;
/**
 * Answers of blue before it is known what differs between two answers of blue, and so is noise; and failed ones of green,
 * with no other, before that is no chance.
 */
const ANSWERS_MIN = 5;
/** Places of all requests and both sides together, each of which holds up to `VALUES_MAX` texts: the memory is bounded. */
const PLACES_TOTAL_MAX = 20_000;
const PLACES_MAX = 500;
const VALUES_MAX = 8;
const SHOWN_MAX = 80;

interface Place {
  /** Answers in which it was there. */
  present: number;
  readonly types: Set<string>;
  /** Distinct values; more than `VALUES_MAX` are not told apart. */
  readonly values: Map<string, number>;
}

interface Sheet {
  answers: number;
  /** How often each status was that of a failed answer. */
  readonly failed: Map<string, number>;
  readonly places: Map<string, Place>;
  /** Places that are noted at most. */
  readonly placesMax: number;
  /** Whether there were more places than are noted: then an absent one may be there. */
  isPartial: boolean;
}

type Kind = ResponseDifference['kind'];

/**
 * Finds what differs between the answers of both sides to the same request, but not between two answers of blue:
 * times, identifiers and counters differ there too, and are told apart as noise.
 */
export class ResponseComparison {
  private readonly sheets: ReadonlyMap<string, Record<Side, Sheet>>;
  private readonly told = new Set<string>();

  /**
   * @param headers names of the headers to compare, in lower case
   * @param requests names of all requests, in the order in which what is found is told: not that of the answers
   */
  constructor(
    private readonly headers: readonly string[],
    requests: readonly string[],
  ) {
    const placesMax = Math.min(PLACES_MAX, Math.ceil(PLACES_TOTAL_MAX / (2 * requests.length)));
    this.sheets = new Map(requests.map((name) => [name, { blue: sheet(placesMax), green: sheet(placesMax) }]));
  }

  /**
   * @param failed whether the answer counts as an error. Errors are weighed by their number: that one of them met green
   * and not blue is chance, and no difference between the versions
   */
  observe(request: string, side: Side, answer: Answer, failed = false): void {
    const sheets = this.sheets.get(request);
    if (!sheets) throw new RangeError(`${request} is none of the requests that are compared`);
    const { answers, failed: statuses } = sheets[side];
    if (failed) return void statuses.set(String(answer.status), (statuses.get(String(answer.status)) ?? 0) + 1);
    if (answers >= ANSWERS_MAX) return;
    sheets[side].answers += 1;
    const { places, isComplete } = placesOf(answer, this.headers);
    if (!isComplete) sheets[side].isPartial = true;
    for (const [place, { type, value }] of places) note(sheets[side], place, type, value);
  }

  /**
   * The differences of the requests of which no further answer is looked into. Each is told once: they stay as they are.
   */
  settled(): ResponseDifference[] {
    const full = [...this.sheets].filter(
      ([request, sides]) => !this.told.has(request) && Object.values(sides).every((it) => it.answers >= ANSWERS_MAX),
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
  return { answers: 0, failed: new Map(), places: new Map(), placesMax, isPartial: false };
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
  if (blue.answers < ANSWERS_MIN) return { differences, noise };
  if (green.answers === 0) return { differences: alwaysFailing(blue, green).map((it) => ({ request, ...it })), noise };
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

/** A request that green cannot answer at all: told by its status, as the share of errors does not name it. */
function alwaysFailing(blue: Sheet, green: Sheet): Omit<ResponseDifference, 'request'>[] {
  const of = [...green.failed.values()].reduce((sum, times) => sum + times, 0);
  const [most] = [...green.failed].sort(([, one], [, other]) => other - one);
  if (of < ANSWERS_MIN || !most) return [];
  const [status, seen] = most;
  return [{ kind: 'status', place: 'status', blue: shown(blue.places.get('status')), green: status, seen, of }];
}

type Verdict = 'noise' | Pick<ResponseDifference, 'kind' | 'blue' | 'green' | 'seen' | 'of'> | undefined;

function comparePlace(name: string, blue: Sheet, green: Sheet): Verdict {
  const [inBlue, inGreen] = [blue.places.get(name), green.places.get(name)];
  const of = green.answers;
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

/** Answers in which the place could have been: those with JSON, for what is in it. */
function comparable(name: string, { answers, places }: Sheet): number {
  return name.startsWith('json ') ? (places.get(ROOT)?.present ?? 0) : answers;
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

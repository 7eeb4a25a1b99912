/** The notations in which a server may echo a secret, and the search for them in a text. */

/** A text to search for, by its UTF-16 units, in lower case. */
export interface SecretForm {
  readonly units: string;
  /** How many units from the first on count as the secret, because a server may cut what it echoes. */
  readonly lengthMin: number;
  /** Characters without meaning that may be between the units: line breaks in base 64, colons in hexadecimal. */
  readonly between?: RegExp;
  /** Whether the characters next to the units contain bits of the secret too. */
  readonly edges?: true;
}

/** A shorter text would hide words that are not the secret. */
const ENCODED_LENGTH_MIN = 6;
const CUT_LENGTH_MIN = 8;

/** The secret as text, in base 64 at each of the three alignments, and in hexadecimal. */
export function formsOf(secret: string): SecretForm[] {
  const texts = new Set([secret, secret.trim()].filter((text) => text !== ''));
  return [...texts].flatMap((text) => {
    const bytes = Buffer.from(text);
    const encoded = [
      ...[0, 1, 2].map((before) => ({ ...formOf(base64Core(bytes, before)), between: /^\s$/, edges: true as const })),
      { ...formOf(bytes.toString('hex')), between: /^[\s:,-]$/ },
    ];
    return [formOf(text), ...encoded.filter(({ units }) => units.length >= ENCODED_LENGTH_MIN)];
  });
}

function formOf(text: string): SecretForm {
  const units = fold(text);
  return { units, lengthMin: Math.min(units.length, Math.max(CUT_LENGTH_MIN, Math.ceil(units.length / 2))) };
}

/** Unit by unit, because some characters have another length in lower case. */
function fold(text: string): string {
  return text.split('').map(lower).join('');
}

function lower(unit: string): string {
  const folded = unit.toLowerCase();
  return folded.length === 1 ? folded : unit;
}

/** The part of the base 64 text that depends on these bytes only, if `before` other bytes come first. */
function base64Core(bytes: Buffer, before: number): string {
  const all = Buffer.concat([Buffer.alloc(before), bytes]);
  const text = all.toString('base64').replace(/=+$/, '');
  return text.slice(before === 0 ? 0 : before + 1, all.length % 3 === 0 ? undefined : -1);
}

/** The number of places in one text at which more than one reading is tried. */
const BRANCHES_MAX = 64;

interface Search {
  readonly text: string;
  readonly form: SecretForm;
  branches: number;
}

interface Step {
  /** The number of units of the secret that are found. */
  readonly matched: number;
  readonly at: number;
}

/**
 * The end of the secret that begins at `at`, in any mixture of notations and of upper and lower case.
 * @param isCut whether the text is the beginning of a longer one
 * @returns `at` if no secret begins there
 */
export function endOfMatch(text: string, at: number, form: SecretForm, isCut: boolean): number {
  const end = follow({ text, form, branches: 0 }, { matched: 0, at });
  const isBegun = isCut && end.matched > 0 && end.at >= text.length;
  if (end.matched < form.lengthMin && !isBegun) return at;
  return form.edges && /[\w+/-]/.test(text[end.at] ?? '') ? end.at + 1 : end.at;
}

/** The last step that still matches the secret. */
function follow(search: Search, from: Step): Step {
  let step = from;
  for (;;) {
    const [first, second] = nextSteps(search, step);
    if (!first) return step;
    if (second && search.branches < BRANCHES_MAX) {
      search.branches += 1;
      const other = follow(search, second);
      const one = follow(search, first);
      return one.matched >= other.matched ? one : other;
    }
    step = first;
  }
}

/** `%25` may be itself, or a percent sign in another notation. */
function nextSteps({ text, form }: Search, { at, matched }: Step): Step[] {
  if (matched >= form.units.length || at >= text.length) return [];
  const wanted = form.units[matched] as string;
  const unit = lower(text[at] as string);
  const isItself = unit === wanted || same(unit, wanted);
  if (!'%\\&='.includes(unit) && !form.between) return isItself ? [{ matched: matched + 1, at: at + 1 }] : [];
  const steps = decode(text, at).flatMap((decoded) => {
    const folded = fold(decoded.text);
    const fits = form.units.startsWith(folded, matched) || (folded.length === 1 && same(folded, wanted));
    return fits ? [{ matched: matched + folded.length, at: decoded.next }] : [];
  });
  if (isItself) steps.push({ matched: matched + 1, at: at + 1 });
  if (steps.length > 0 || matched === 0 || !form.between) return steps;
  const next = skip(text, at, form.between);
  return next > at ? [{ matched, at: next }] : [];
}

/** `+` is a space in a query; base 64 for URLs has `-` and `_`. */
function same(unit: string, wanted: string): boolean {
  return (unit === '+' && wanted === ' ') || (unit === '-' && wanted === '+') || (unit === '_' && wanted === '/');
}

function skip(text: string, at: number, between: RegExp): number {
  if (between.test(text[at] as string)) return at + 1;
  return decode(text, at).find((decoded) => between.test(decoded.text))?.next ?? at;
}

interface Decoded {
  readonly text: string;
  readonly next: number;
}

/** Bytes that are percent-encoded up to four times. Each time replaces the percent sign by `%25`. */
const PERCENT = [0, 1, 2, 3].map((times) => new RegExp(`%(?:25){${times}}([0-9a-f]{2})`, 'iy'));
const QUOTED_PRINTABLE = /=([0-9a-f]{2})/iy;
const BACKSLASH = /\\+(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2})|(.))/isy;
const ENTITY = /&(?:amp;)*(?:#x0*([0-9a-f]{1,6})|#0*([0-9]{1,7})|([a-z]{2,6}));/iy;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** The characters that an escape sequence may mean. */
function decode(text: string, at: number): Decoded[] {
  switch (text[at]) {
    case '%':
      return decodePercent(text, at);
    case '=': {
      const found = execAt(QUOTED_PRINTABLE, text, at);
      return found ? [{ text: String.fromCharCode(parseInt(found[1] as string, 16)), next: at + 3 }] : [];
    }
    case '\\':
      return decodeBackslash(text, at);
    case '&':
      return decodeEntity(text, at);
    default:
      return [];
  }
}

function execAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function decodePercent(text: string, at: number): Decoded[] {
  return PERCENT.flatMap((pattern) => decodeBytes(text, at, pattern));
}

/** The one character whose bytes in UTF-8 begin at `at`. */
function decodeBytes(text: string, at: number, pattern: RegExp): Decoded[] {
  const bytes: number[] = [];
  let next = at;
  while (bytes.length < 4) {
    const found = execAt(pattern, text, next);
    if (!found) return [];
    bytes.push(parseInt(found[1] as string, 16));
    next += found[0].length;
    const decoded = Buffer.from(bytes).toString('utf8');
    if (!decoded.includes('\uFFFD')) return [{ text: decoded, next }];
  }
  return [];
}

function decodeBackslash(text: string, at: number): Decoded[] {
  const found = execAt(BACKSLASH, text, at);
  if (!found) return [];
  const [whole, long, short, byte, plain = ''] = found;
  const next = at + whole.length;
  const code = long ?? short ?? byte;
  if (code !== undefined) {
    // Or the secret itself has a backslash and a letter, which were escaped.
    const letter = at + (/^\\+/.exec(whole)?.[0].length ?? 0);
    return [
      { text: fromCode(parseInt(code, 16)), next },
      { text: text[letter] as string, next: letter + 1 },
    ];
  }
  const control = CONTROLS[plain];
  return [...(control === undefined ? [] : [{ text: control, next }]), { text: plain, next }];
}

function decodeEntity(text: string, at: number): Decoded[] {
  const found = execAt(ENTITY, text, at);
  if (!found) return [];
  const [whole, hex, decimal, name = ''] = found;
  const named = NAMED[name.toLowerCase()];
  if (hex === undefined && decimal === undefined && named === undefined) return [];
  const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
  return [{ text: named ?? fromCode(code), next: at + whole.length }];
}

function fromCode(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD';
}

/** Compares an response with its recording: a placeholder of the recording is any value, the same one each time. */

export type Path = readonly (string | number)[];

export interface Difference {
  readonly path: Path;
  /** `undefined` where the response has a member that the recording lacks. */
  readonly recorded: unknown;
  readonly actual: unknown;
}

/** The value of each placeholder of a test, by its text. */
export type Bindings = Map<string, string>;

const PLACEHOLDER = /<[\w:. -]+>/g;
/** Placeholders that are another value each time. */
const DATE = /^(<?(date|datetime|timestamp)(:\d+)?>?|.*-(date|time))$/;

/** Binds placeholders that the recordings have and `bindings` does not yet. @returns no difference when they are equal */
export function differencesOf(recorded: unknown, actual: unknown, bindings: Bindings, path: Path = []): Difference[] {
  if (typeof recorded === 'string') {
    const isEqual = isText(recorded, actual, bindings) || isMasked(recorded, actual, path.at(-1));
    return isEqual ? [] : [{ path, recorded, actual }];
  }
  if (Array.isArray(recorded)) return ofList(recorded, asJson(actual), bindings, path);
  if (isObject(recorded)) return ofObject(recorded, asJson(actual), bindings, path);
  return recorded === actual ? [] : [{ path, recorded, actual }];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** boto3 and the recordings parse documents that are text on the wire, IAM's with their URL encoding. */
function asJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  for (const read of [(text: string) => text, decodeURIComponent]) {
    try {
      return JSON.parse(read(value)) as unknown;
    } catch {
      // Not a document in this form.
    }
  }
  return value;
}

function ofObject(
  recorded: Readonly<Record<string, unknown>>,
  actual: unknown,
  bindings: Bindings,
  path: Path,
): Difference[] {
  if (!isObject(actual)) return [{ path, recorded, actual }];
  const names = new Set([...Object.keys(recorded), ...Object.keys(actual)]);
  // What is only a placeholder first: in `<id><suffix>` nobody sees where one ends.
  const isPlain = (name: string) => typeof recorded[name] === 'string' && /^<[\w:. -]+>$/.test(recorded[name]);
  const ordered = [...names].sort((a, b) => Number(isPlain(b)) - Number(isPlain(a)));
  return ordered.flatMap((name) => {
    const at = [...path, name];
    // boto3 has the sentence of some errors twice.
    if (isObject(recorded.Error) && /^message$/i.test(name) && recorded[name] === recorded.Error.Message) return [];
    if (recorded[name] === undefined && actual[name] === undefined) return [];
    // A name may be a placeholder too.
    if (recorded[name] === undefined || actual[name] === undefined)
      return ofName(recorded, actual, name, { bindings, at });
    return differencesOf(recorded[name], actual[name], bindings, at);
  });
}

function ofName(
  recorded: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, unknown>>,
  name: string,
  { bindings, at }: { readonly bindings: Bindings; readonly at: Path },
): Difference[] {
  const isMissing = actual[name] === undefined;
  const others = Object.keys(isMissing ? actual : recorded).filter(
    (other) => !(other in (isMissing ? recorded : actual)),
  );
  const other = others.find((one) =>
    isMissing ? isText(name, one, new Map(bindings)) : isText(one, name, new Map(bindings)),
  );
  if (other === undefined) return [{ path: at, recorded: recorded[name], actual: actual[name] }];
  if (!isMissing) return [];
  isText(name, other, bindings);
  return differencesOf(recorded[name], actual[other], bindings, at);
}

/** In order; else without order, since the recordings sort what AWS returns in no order. */
function ofList(recorded: readonly unknown[], actual: unknown, bindings: Bindings, path: Path): Difference[] {
  if (!Array.isArray(actual)) return [{ path, recorded, actual }];
  const inOrder = new Map(bindings);
  const found = recorded.flatMap((item, at) => differencesOf(item, actual[at], inOrder, [...path, at]));
  const surplus = actual.slice(recorded.length).map((item: unknown, at) => ({
    ...{ path: [...path, recorded.length + at], recorded: undefined, actual: item },
  }));
  const differences = [...found, ...surplus];
  const chosen = differences.length === 0 ? inOrder : matching(recorded, actual, bindings);
  if (!chosen) {
    if (recorded.length === actual.length) adopt(bindings, inOrder);
    return differences;
  }
  adopt(bindings, chosen);
  return [];
}

/** Bindings under which each recorded item is another item of the response. */
function matching(recorded: readonly unknown[], actual: readonly unknown[], bindings: Bindings): Bindings | undefined {
  if (recorded.length !== actual.length) return undefined;
  const [first, ...rest] = recorded;
  if (recorded.length === 0) return bindings;
  for (const [at, item] of actual.entries()) {
    const tried = new Map(bindings);
    if (differencesOf(first, item, tried).length > 0) continue;
    const found = matching(rest, actual.toSpliced(at, 1), tried);
    if (found) return found;
  }
  return undefined;
}

function adopt(bindings: Bindings, found: Bindings): void {
  for (const [name, value] of found) bindings.set(name, value);
}

function isText(recorded: string, actual: unknown, bindings: Bindings): boolean {
  if (actual instanceof Uint8Array)
    return isBytes(recorded, Buffer.from(actual)) || isText(recorded, Buffer.from(actual).toString(), bindings);
  if (Array.isArray(actual)) return DATE.test(recorded) && actual.every((item) => item instanceof Date);
  if (isObject(actual) && isObject(actual.Error))
    return isText(recorded, exceptionText(recorded, actual.Error), bindings);
  if (actual instanceof Date) return DATE.test(recorded) || /^<[^<>]+>$/.test(recorded) || sameTime(recorded, actual);
  if (typeof actual !== 'string' && typeof actual !== 'number' && typeof actual !== 'boolean') return false;
  const text = String(actual);
  if (recorded === text) return typeof actual === 'string';
  if (DATE.test(recorded) && text !== '') return true;
  const names = recorded.match(PLACEHOLDER) ?? [];
  if (names.length === 0) return false;
  const unbound = [...new Set(names)].filter((name) => !bindings.has(name));
  const match = patternOf(recorded, unbound, bindings).exec(text);
  for (const [at, name] of unbound.entries()) if (match) bindings.set(name, match[at + 1] ?? '');
  return match !== null;
}

/** How Python prints bytes. */
function isBytes(recorded: string, actual: Buffer): boolean {
  const text = [...actual].map((byte) =>
    byte < 32 || byte > 126 ? `\\x${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte),
  );
  return recorded === `b'${text.join('')}'`;
}

/** How boto3 prints an error. */
function exceptionText(recorded: string, { Code, Message }: Readonly<Record<string, unknown>>): string {
  const operation = /when calling the (\w+) operation/.exec(recorded)?.[1] ?? '';
  return `An error occurred (${String(Code)}) when calling the ${operation} operation: ${String(Message)}`;
}

/** Some recordings have the name of a member, in kebab case, for its value. */
function isMasked(recorded: string, actual: unknown, member: string | number | undefined): boolean {
  if (typeof member !== 'string' || actual === undefined || actual === null) return false;
  const kebab = member.replace(/(?<!^)([A-Z])/g, '-$1').toLowerCase();
  return recorded.replaceAll(/[-_]/g, '') === kebab.replaceAll(/[-_]/g, '');
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

const sameTime = (recorded: string, actual: Date) => Date.parse(recorded) === actual.getTime();

/** Each placeholder without a value is a group where it occurs first, and the group's value where it occurs again. */
function patternOf(recorded: string, unbound: readonly string[], bindings: Bindings): RegExp {
  const groups = new Set<string>();
  const parts = recorded.split(/(<[\w:. -]+>)/).map((part) => {
    if (!/^<[\w:. -]+>$/.test(part)) return escaped(part);
    const bound = bindings.get(part);
    if (bound !== undefined) return escaped(bound);
    if (groups.has(part)) return `\\${unbound.indexOf(part) + 1}`;
    groups.add(part);
    return '([\\s\\S]+?)';
  });
  return new RegExp(`^${parts.join('')}$`);
}

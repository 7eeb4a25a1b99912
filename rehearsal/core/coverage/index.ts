/**
 * Which properties of a resource type a rehearsal acts on. A path is the names from the outside in, `LoadBalancers.ContainerName`;
 * lists are not counted. A property that no path names has no behaviour here, and a report says so.
 */
export interface Coverage {
  /** Properties with behaviour; a path includes everything within it. */
  readonly acts: readonly string[];
  /** Properties without behaviour, with what is missing; other properties have no effect at all. */
  readonly ignores?: Readonly<Record<string, string>>;
  /** Properties without behaviour that decide how a release goes: with one of them a rehearsal proves nothing about releases. */
  readonly decides?: Readonly<Record<string, Decisive>>;
}

export interface Decisive {
  /** What happens here instead. */
  readonly effect: string;
  /** Values with which the property changes nothing. */
  readonly except?: readonly unknown[];
}

/** A property of a template that has no behaviour here. */
export interface NotModelled {
  /** `*` for a whole resource. */
  readonly property: string;
  readonly effect: string;
  /** Whether it decides how a release goes. */
  readonly decides: boolean;
}

/** Properties that change nothing but what people read. */
const FOR_PEOPLE = new Set(['Tags', 'Description', 'GroupDescription', 'Comment', 'DisplayName', 'AlarmDescription']);

const NO_EFFECT = 'has no effect in a rehearsal';

/** The properties of a resource that have no behaviour here. */
export function notModelled(coverage: Coverage, properties: Readonly<Record<string, unknown>>): NotModelled[] {
  const found = new Map<string, NotModelled>();
  collect(coverage, properties, '', found);
  return [...found.values()];
}

function collect(coverage: Coverage, value: unknown, path: string, found: Map<string, NotModelled>): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(coverage, item, path, found);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, item] of Object.entries(value)) {
    const at = path === '' ? name : `${path}.${name}`;
    const status = statusOf(coverage, at, name);
    if (status === 'partly') collect(coverage, item, at, found);
    else if (status === 'not modelled' && !isEmpty(item)) note(coverage, at, item, found);
  }
}

/** An empty list asks for nothing. */
const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0;

export type PropertyStatus = 'acts' | 'partly' | 'for people' | 'not modelled';

/** What becomes of the property at a path. */
export function statusOf({ acts, ignores = {}, decides = {} }: Coverage, path: string, name: string): PropertyStatus {
  if (acts.includes(path)) return 'acts';
  const all = [...acts, ...Object.keys(ignores), ...Object.keys(decides)];
  if (all.some((each) => each.startsWith(`${path}.`))) return 'partly';
  return FOR_PEOPLE.has(name) && !(path in ignores) ? 'for people' : 'not modelled';
}

function note({ ignores, decides }: Coverage, property: string, value: unknown, found: Map<string, NotModelled>): void {
  const decisive = decides?.[property];
  if (decisive && !decisive.except?.includes(value)) {
    found.set(property, { property, effect: decisive.effect, decides: true });
  } else if (!decisive && !found.has(property)) {
    found.set(property, { property, effect: ignores?.[property] ?? NO_EFFECT, decides: false });
  }
}

/** Resource types with the coverage of each. */
export function covered<T extends object>(
  types: Readonly<Record<string, T>>,
  coverages: Readonly<Record<string, Coverage>>,
): Record<string, T & { readonly coverage?: Coverage }> {
  return Object.fromEntries(
    Object.entries(types).map(([name, type]) => [name, { ...type, coverage: coverages[name] }]),
  );
}

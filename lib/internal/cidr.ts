/** Ranges that a VPC commonly has: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '198.19.0.0/16'];

interface Range {
  readonly first: number;
  readonly last: number;
}

/**
 * Whether every address of `inner` is in one of the `outer` ranges. Where `inner` is not known, one of the `outer` ranges
 * must share an address with the private ones. IPv6 ranges hold no IPv4 address.
 */
export function coversAll(outer: readonly string[], inner: readonly string[] | undefined): boolean {
  const ranges = outer.flatMap((cidr) => rangeOf(cidr) ?? []);
  const within = (one: Range) => ranges.some(({ first, last }) => first <= one.first && last >= one.last);
  const touches = (one: Range) => ranges.some(({ first, last }) => first <= one.last && last >= one.first);
  if (inner) return inner.every((cidr) => within(rangeOf(cidr) ?? NONE));
  return PRIVATE.some((cidr) => touches(rangeOf(cidr) ?? NONE));
}

/** No range holds it. */
const NONE: Range = { first: -1, last: -1 };

/** @returns undefined for what is no IPv4 range */
function rangeOf(cidr: string): Range | undefined {
  const [, address, bits = '32'] = /^(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?$/.exec(cidr) ?? [];
  if (address === undefined) return undefined;
  const size = 2 ** (32 - Number(bits));
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = Math.floor(value / size) * size;
  return { first, last: first + size - 1 };
}

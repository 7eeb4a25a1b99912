/** What a listener does with its traffic, as far as one pair of target groups is concerned. Pure. */

/** One target group of a forward action. */
export interface Share {
  readonly targetGroupArn: string;
  /** 0 to 999, relative to the other weights of its action. */
  readonly weight: number;
}

/** Shares of the pair with traffic, over all rules of a listener; another service's rules on it do not count. */
export function sharesOf(pair: readonly string[], shares: readonly Share[]): Share[] {
  const weights = new Map<string, number>();
  for (const { targetGroupArn, weight } of shares) {
    if (pair.includes(targetGroupArn) && weight > 0) {
      weights.set(targetGroupArn, Math.max(weight, weights.get(targetGroupArn) ?? 0));
    }
  }
  return [...weights].map(([targetGroupArn, weight]) => ({ targetGroupArn, weight }));
}

/** `arn:…:targetgroup/<name>/<id>` -> `<name>`, by which CodeDeploy knows a target group. */
export function groupName(targetGroupArn: string): string {
  return targetGroupArn.split('/').at(-2) ?? targetGroupArn;
}

/** `web-green (100 %), web-blue (0 %)` */
export function inWords(shares: readonly Share[]): string {
  const sum = shares.reduce((total, share) => total + share.weight, 0);
  if (sum === 0) return 'neither side';
  return shares.map((it) => `${groupName(it.targetGroupArn)} (${Math.round((it.weight / sum) * 100)} %)`).join(', ');
}

/** @returns why it is not the candidate alone that the listener forwards to, or undefined */
export function mismatch(candidate: string, shares: readonly Share[]): string | undefined {
  if (shares.length === 0) return 'the listener under test forwards to neither side of the service';
  const others = shares.filter((share) => groupName(share.targetGroupArn) !== candidate);
  if (others.length === 0) return undefined;
  const who = others.length === shares.length ? 'the live side answers' : 'both sides answer';
  return `${who} on the listener under test: it forwards to ${inWords(shares)}, expected ${candidate} alone`;
}

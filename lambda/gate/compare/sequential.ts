import { lnBeta, lnBetaAbove } from './special';

/**
 * The sequential test of Lindon and Malek (https://arxiv.org/abs/2011.03567): is the candidate's share of the failures
 * larger than its share of the requests? It may be looked at after every request: the chance that its evidence ever
 * reaches 1/alpha, while the candidate is no worse, is alpha at most.
 */

/** How strongly the prior holds to the shares of traffic: 2 looks for large differences, more for small ones. */
export const PRIOR_STRENGTH = 2;

/** ln E against "every arm's share of the failures is its share of the traffic", in either direction. */
export function lnEvidence(shares: readonly number[], failures: readonly number[], strength: number): number {
  const prior = shares.map((share) => strength * share);
  const posterior = prior.map((value, arm) => value + (failures[arm] ?? 0));
  const likelihood = shares.reduce((sum, share, arm) => sum + (failures[arm] ?? 0) * Math.log(share), 0);
  return lnBeta(posterior) - lnBeta(prior) - likelihood;
}

/**
 * ln E against "the candidate's share of the failures is `share` or less". The prior is cut to shares above, so that a
 * candidate that fails less than the control never gathers evidence, and one more of its failures never loses any.
 * @param share of the requests that go to the candidate, 0 < share < 1
 * @param failures of the candidate and of the control
 */
export function lnEvidenceWorse(
  share: number,
  failures: { readonly candidate: number; readonly control: number },
  strength = PRIOR_STRENGTH,
): number {
  const [a, b] = [strength * share, strength * (1 - share)];
  return (
    lnEvidence([share, 1 - share], [failures.candidate, failures.control], strength) +
    lnBetaAbove(share, a + failures.candidate, b + failures.control) -
    lnBetaAbove(share, a, b)
  );
}

/** A run of the test over the steps of a shift, each with its own weight: the evidence of the steps multiplies. */
export class SequentialErrorTest {
  private lnBefore = 0;
  private lnStep = 0;
  private lnMost = 0;
  private readonly failures = { candidate: 0, control: 0 };

  /** @param share of the requests that go to the candidate in the first step */
  constructor(
    private share: number,
    private readonly strength = PRIOR_STRENGTH,
  ) {}

  /** One failed request. Those that succeed do not enter: the shares of traffic are known. */
  observe(failed: 'candidate' | 'control'): void {
    this.failures[failed] += 1;
    this.lnStep = lnEvidenceWorse(this.share, this.failures, this.strength);
    this.lnMost = Math.max(this.lnMost, this.lnBefore + this.lnStep);
  }

  /** From now on `share` of the requests go to the candidate. */
  nextStep(share: number): void {
    this.lnBefore += this.lnStep;
    this.lnStep = 0;
    this.share = share;
    Object.assign(this.failures, { candidate: 0, control: 0 });
  }

  /** Valid at any time: below alpha is reason to stop. */
  get pValue(): number {
    return Math.exp(-this.lnMost);
  }
}

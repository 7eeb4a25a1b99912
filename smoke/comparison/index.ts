/** The comparison of green with the live side, as the gate and the command line use it. */
export { httpAttempts, type SideTarget } from './attempt';
export { compareSides } from './comparator';
export { comparisonPlan, safeRequests } from './plan';
export { differenceText, milliseconds, percent, shortNumber } from './sentence';
export type { ComparisonResult } from './result';
export { type ComparisonOptions, type ComparisonPlan, planOf } from './options';

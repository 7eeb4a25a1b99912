/** What the command line uses of the comparison. */
export { httpAttempts, type SideTarget } from './attempt';
export { compareSides } from './comparator';
export { comparisonPlan, safeRequests } from './gate';
export { differenceText } from './sentence';
export type { ComparisonResult } from '../contract';
export { type ComparisonOptions, planOf } from './options';

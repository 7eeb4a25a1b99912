import type { CheckTarget } from '../../../smoke/runner/target';
import { exchange } from '../../../common/http';
import type { Listening } from './servers';

/** A server of the test as the target of a suite, reached by name. */
export function targetAt({ port }: Pick<Listening, 'port'>, changes: Partial<CheckTarget> = {}): CheckTarget {
  return {
    base: new URL(`http://127.0.0.1:${port}`),
    addresses: [],
    tlsVerification: 'full',
    exchange,
    signal: new AbortController().signal,
    limitMs: 20_000,
    ...changes,
  };
}

import type { CheckTarget } from '../../../lambda/gate/smoke/target';
import { exchange } from '../../../lambda/shared/http';
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

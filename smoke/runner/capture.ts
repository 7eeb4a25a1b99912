import type { HttpResponse } from '../../common/http';
import { beginningOf } from '../../common/json/values';
import { copyOf } from '../../common/text';
import type { UnmetExpectation } from './expectations';
import type { Capture } from '../suite/model';
import { valuesAt } from '../suite/json-path';
import { match } from '../suite/patterns';
import { documentOf } from './document';
import type { Mask } from './mask';

/** Characters of a captured value. All captured values are kept until the suite ends, and are sent in URLs and headers. */
const LENGTH_MAX = 16_384;

export interface Captured {
  readonly values: Readonly<Record<string, unknown>>;
  /** The values that the response does not have. Later checks would run without them. */
  readonly misses: readonly UnmetExpectation[];
}

/** The values that a check takes from its response. */
export function captureFrom(captures: Readonly<Record<string, Capture>>, response: HttpResponse, mask: Mask): Captured {
  const values: Record<string, unknown> = {};
  const misses: UnmetExpectation[] = [];
  for (const [name, capture] of Object.entries(captures)) {
    const value = valueOf(capture, response);
    const length = value === undefined ? 0 : lengthOf(value);
    if (value !== undefined && length <= LENGTH_MAX) values[name] = typeof value === 'string' ? copyOf(value) : value;
    else if (value !== undefined) {
      const expected = `${LENGTH_MAX} characters at most`;
      misses.push({ at: ['capture', name], expectation: `capture ${name}`, expected, actual: 'longer' });
    } else {
      const expected = `a value at ${mask.excerpt(capture.json ?? capture.header ?? `/${capture.pattern}/`)}`;
      misses.push({ at: ['capture', name], expectation: `capture ${name}`, expected, actual: 'nothing there' });
    }
  }
  return { values, misses };
}

function valueOf({ json, header, pattern }: Capture, response: HttpResponse): unknown {
  if (header !== undefined) return response.headers[header.toLowerCase()];
  if (pattern !== undefined) {
    const found = match(pattern, response.body);
    return found?.[1] ?? found?.[0];
  }
  const { document, problem } = documentOf(response);
  if (problem !== undefined) return undefined;
  try {
    return valuesAt(json ?? '$', document)?.[0];
  } catch {
    return undefined;
  }
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : beginningOf(value, LENGTH_MAX + 1).length;
}

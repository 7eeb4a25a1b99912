import type { HttpAnswer } from '../../shared/http';
import type { Miss } from '../expectations';
import type { Capture } from '../suite/model';
import { valuesAt } from '../suite/json-path';
import { match } from '../suite/patterns';
import type { Mask } from './mask';

export interface Captured {
  readonly values: Readonly<Record<string, unknown>>;
  /** What was not there to capture: later checks would run on nothing. */
  readonly misses: readonly Miss[];
}

/** The values that a check takes from its answer. */
export function captureFrom(captures: Readonly<Record<string, Capture>>, answer: HttpAnswer, mask: Mask): Captured {
  const values: Record<string, unknown> = {};
  const misses: Miss[] = [];
  for (const [name, capture] of Object.entries(captures)) {
    const value = valueOf(capture, answer);
    if (value !== undefined) values[name] = value;
    else {
      const expected = `a value at ${mask.excerpt(capture.json ?? capture.header ?? `/${capture.pattern}/`)}`;
      misses.push({ at: ['capture', name], expectation: `capture ${name}`, expected, actual: 'nothing there' });
    }
  }
  return { values, misses };
}

function valueOf({ json, header, pattern }: Capture, answer: HttpAnswer): unknown {
  if (header !== undefined) return answer.headers[header.toLowerCase()];
  if (pattern !== undefined) {
    const found = match(pattern, answer.body);
    return found?.[1] ?? found?.[0];
  }
  try {
    return valuesAt(json ?? '$', JSON.parse(answer.body))?.[0];
  } catch {
    return undefined;
  }
}

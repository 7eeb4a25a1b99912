import { DIFFERENCE_KINDS, SAFE_METHODS } from '../comparison/options';
import { constant, either, flag, list, map, number, object, text } from './shape';

/** The form of a suite's `compare`. */

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const request = object('an object with path, such as {path: /orders}', {
  name: { shape: text('a name', { max: 100 }), about: 'Names the request in reports. Default: method and path.' },
  method: {
    shape: constant(...SAFE_METHODS),
    about: 'Only methods that change nothing: the request goes to both sides, many times. Default GET.',
  },
  path: {
    shape: text("a path that begins with '/', spaces and non-ASCII characters percent-encoded", {
      max: 2_000,
      match: /^\/[\x21-\x22\x24-\x7e]*$/,
    }),
    about: 'Path and query.',
    required: true,
  },
  headers: {
    shape: map(
      'an object of header names and values',
      HEADER_NAME,
      'not a header name: letters, digits and -',
      text('no line breaks or control characters in a header', { empty: true, match: /^[\t\x20-\x7e\x80-\xff]*$/ }),
    ),
    about: 'Headers to send.',
  },
});

const whole = (min: number, max: number) => number(`a whole number from ${min} to ${max}`, { min, max });
const decimal = (min: number, max: number) => number(`a number from ${min} to ${max}`, { min, max, decimals: true });

export const COMPARISON = object('an object, such as {requests: [{path: /orders}]}', {
  requests: {
    shape: list('a list of requests', request, 1, 100),
    about: 'What is sent to both sides. Default: the checks whose method is safe and that need no other value.',
  },
  alpha: { shape: decimal(0.0001, 0.2), about: 'Chance of stopping a green that is no worse. Default 0.01.' },
  confidence: { shape: decimal(0.8, 0.999), about: 'How sure "not worse" is. Default 0.95.' },
  errorMarginPercent: {
    shape: decimal(0.1, 50),
    about: 'Percent of requests by which "not worse" rules out that green fails more. Default 1.',
  },
  latencyRatio: { shape: decimal(1, 10), about: 'Green may take this many times as long as blue. Default 1.1.' },
  latencyFloorMs: {
    shape: decimal(0, 60_000),
    about: 'Or this many milliseconds longer, whichever is more. Default 5.',
  },
  requestsMax: { shape: whole(100, 100_000), about: 'Requests to both sides together, at most. Default 10000.' },
  timeLimitSeconds: { shape: whole(1, 840), about: 'Time for all requests. Default 120.' },
  requestsPerSecond: { shape: whole(1, 10_000), about: 'Half of them meet the live side. Default 100.' },
  concurrency: { shape: whole(1, 64), about: 'Pairs under way at a time. Default 4.' },
  timeoutMs: { shape: whole(1, 60_000), about: 'Limit of one answer. Default 5000.' },
  headers: {
    shape: list('a list of header names', text('a header name', { match: HEADER_NAME, max: 200 }), 0, 50),
    about: 'Headers that must be alike. Default content-type.',
  },
  failOnDifferences: {
    shape: either(
      `true, false, or a list of ${DIFFERENCE_KINDS.join(', ')}`,
      flag(),
      list('a list of kinds', constant(...DIFFERENCE_KINDS), 1, DIFFERENCE_KINDS.length),
    ),
    about: 'Which differences between the answers fail the gate. Default none: they are reported.',
  },
  notEnoughData: { shape: constant('fail', 'warn'), about: 'Whether too little data fails the gate. Default fail.' },
});

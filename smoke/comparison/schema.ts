import { z } from 'zod';
import { list, object, text } from '../../common/schema/fields';
import { SAFE_METHODS } from '../methods';
import { anyNumber, flag, headerName, headersOf, headerValue, wholeNumber } from '../suite/schema/values';
import { DIFFERENCE_KINDS } from './result';

const request = object('a map with path, such as {path: /orders}', {
  name: text('a name', { lengthMax: 100 })
    .describe('The name of the request in reports. Default: method and path.')
    .optional(),
  method: z
    .enum(SAFE_METHODS)
    .describe('A method that changes nothing: the request is sent to both sides, many times. Default GET.')
    .optional(),
  path: text("a path that begins with '/', spaces and non-ASCII characters percent-encoded", {
    lengthMax: 2_000,
    pattern: /^\/[\x21-\x22\x24-\x7e]*$/,
  }).describe('Path and query.'),
  headers: headersOf(headerValue).describe('Headers to send.').optional(),
});

const DIFFERENCES = `true, false, or a list of ${DIFFERENCE_KINDS.join(', ')}`;

/** A suite's `compare`. */
export const comparison = object('a map, such as {requests: [{path: /orders}]}', {
  requests: list('a list of requests', request, 1, 100)
    .describe('What is sent to both sides. Default: the checks whose method is safe and that need no other value.')
    .optional(),
  alpha: anyNumber(0.0001, 0.2).describe('The chance of stopping a green that is no worse. Default 0.01.').optional(),
  confidence: anyNumber(0.8, 0.999).describe('How sure "not worse" is. Default 0.95.').optional(),
  errorMarginPercent: anyNumber(0.1, 50)
    .describe('"Not worse" rules out that green fails in this many percent of requests more. Default 1.')
    .optional(),
  latencyRatio: anyNumber(1, 10).describe('Green may take this many times as long as blue. Default 1.1.').optional(),
  latencyFloorMs: anyNumber(0, 60_000)
    .describe('Green may take this many milliseconds longer, if that is more. Default 5.')
    .optional(),
  maxRequests: wholeNumber(100, 100_000)
    .describe('How many requests are sent at most, to both sides together. Default 10000.')
    .optional(),
  timeoutSeconds: wholeNumber(1, 840).describe('How long all requests may take, seconds. Default 120.').optional(),
  requestsPerSecond: wholeNumber(1, 10_000)
    .describe('How many requests are sent in a second, half of them to the live side. Default 100.')
    .optional(),
  concurrency: wholeNumber(1, 64)
    .describe('How many pairs of requests are sent at the same time. Default 4.')
    .optional(),
  requestTimeoutMs: wholeNumber(1, 60_000)
    .describe('How long one request may take, milliseconds. Default 5000.')
    .optional(),
  headers: list('a list of header names', headerName, 0, 50)
    .describe('The headers that are compared. Default `content-type`.')
    .optional(),
  failOnDifferences: z
    .union([flag, list('a list of kinds', z.enum(DIFFERENCE_KINDS), 1, DIFFERENCE_KINDS.length)], {
      error: DIFFERENCES,
    })
    .describe('Which differences between the responses fail the gate. Default none: they are reported.')
    .optional(),
  notEnoughData: z.enum(['fail', 'warn']).describe('Whether too little data fails the gate. Default fail.').optional(),
});

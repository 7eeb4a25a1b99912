import { z } from 'zod';
import { choice, decimal, list, map, object, text } from '../../../common/schema/fields';
import { METHODS } from '../../methods';
import { capture, expectation, latency } from './expectation';
import { bound, flag, headerName, headersOf, headerValue, json, milliseconds, namesOf, wholeNumber } from './values';

const BODY = 'text, or exactly one of {text: ...}, {json: ...}, {file: ...}';
const bodyText = text(BODY, { isBlankAllowed: true, lengthMax: 1_000_000 });
const body = z.union(
  [
    bodyText,
    choice(BODY, {
      text: bodyText.describe('The body as it is sent.').optional(),
      json: json('any JSON value').describe('Sent as JSON, with its content type.').optional(),
      file: text('a file next to the suite', { lengthMax: 1_000 })
        .describe('A file with the body, by its path from the suite file.')
        .optional(),
    }),
  ],
  { error: BODY },
);

const ARN = 'the ARN of a Secrets Manager secret or an SSM parameter; a variable may be part of it';
const auth = object('a map with type and secret', {
  type: z.enum(['bearer', 'basic', 'header']).describe('How the secret is sent.'),
  secret: text(ARN, { lengthMax: 2_048, pattern: /^(arn:[\w-]+:(secretsmanager|ssm):|\$\{)/ }).describe(
    `Where the secret is: ${ARN}.`,
  ),
  field: text('a key of the JSON object in the secret', { lengthMax: 200 })
    .describe('The key of the value, where the secret contains a JSON object.')
    .optional(),
  name: headerName.describe('The header that carries the secret, for type `header`.').optional(),
});

const repeat = object('a map such as {times: 20, p95Ms: 300}', {
  times: wholeNumber(2, 1_000).describe('How many requests are sent, one after the other.'),
  p50Ms: latency.describe('The limit of the median, milliseconds.').optional(),
  p95Ms: latency.describe('The limit of the 95th percentile, milliseconds.').optional(),
  p99Ms: latency.describe('The limit of the 99th percentile, milliseconds.').optional(),
  errorPercent: decimal('a percentage from 0 to 100', 0, 100)
    .describe('The share of the requests that may fail. Default 0.')
    .optional(),
});

/** What `defaults` can set for all checks. */
export const attemptFields = {
  headers: headersOf(headerValue).describe('Headers to send.').optional(),
  timeoutMs: milliseconds(60_000).describe('How long one attempt may take, milliseconds. Default 5000.').optional(),
  retries: wholeNumber(0, 10)
    .describe('How many more attempts are made after a failed one; only for idempotent methods. Default 2.')
    .optional(),
  backoffMs: milliseconds(60_000)
    .describe('How long to wait before the second attempt, milliseconds; doubles up to 5000. Default 500.')
    .optional(),
};

const QUERY_VALUE = 'text, a number, true or false';
const queryValue = z.union([text('text', { isBlankAllowed: true }), bound, flag], { error: QUERY_VALUE });

export const check = object('a check is a map with name and path', {
  name: text('give the check a name', { lengthMax: 100 }).describe('The name of the check in every report; unique.'),
  method: z.enum(METHODS).describe('The HTTP method. Default GET.').optional(),
  path: text("begin it with '/'", { lengthMax: 2_000, pattern: /^(\/|\$\{)/, problemOf: pathProblem }).describe(
    'The path on the target, beginning with `/`. `${name}` is replaced by a variable or a captured value.',
  ),
  query: map(
    'a map of names and values',
    /^/,
    '',
    z.union([queryValue, list('values', queryValue, 0, 100)], { error: QUERY_VALUE }),
  )
    .describe('Query parameters, which the runner percent-encodes; a list repeats the name.')
    .optional(),
  body: body.describe('The body to send.').optional(),
  auth: auth.describe('Credentials from a secret, read when the suite runs and masked everywhere.').optional(),
  followRedirects: wholeNumber(0, 20).describe('How many redirects are followed. Default 0.').optional(),
  needs: list('names of checks', text('the name of a check'), 0, 100)
    .describe('The checks that must pass before this one.')
    .optional(),
  expect: expectation.describe('What must hold for the response; otherwise the check fails.').optional(),
  warn: expectation.describe('What should hold for the response; otherwise the check passes as degraded.').optional(),
  capture: namesOf('a map of names and sources', capture).describe('Values for later checks.').optional(),
  repeat: repeat.describe('Sends the check many times, and evaluates all responses together.').optional(),
  ...attemptFields,
});

function pathProblem(path: string): string | undefined {
  if (/[^\x21-\x7e]/.test(path)) return 'percent-encode spaces and non-ASCII characters';
  return path.includes('#') ? 'a fragment is never sent: remove it' : undefined;
}

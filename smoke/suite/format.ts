import { COMPARISON } from './comparison-format';
import { jsonPathProblem } from './json-path';
import { schemaProblem } from './json-schema';
import { patternProblem } from './patterns';
import {
  constant,
  either,
  type Field,
  flag,
  json,
  list,
  map,
  nothing,
  number,
  object,
  type Shape,
  text,
} from './shape';

/** The form of a suite, version 1. The published JSON Schema (docs/suite.schema.json) is made from it. */

/** Every method that a check may use; the idempotent ones alone are retried (RFC 9110, 9.2.2). */
export const METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST', 'PATCH'];
const CHECKS_MAX = 1_000;
/** Names of variables and captures; also what stands in `${...}`. */
export const NAME = /^[A-Za-z_][\w-]*$/;
// RFC 9110, 5.1 and 5.5: a field name is a token; a value has no control characters but the tab.
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const STATUS = 'a status code from 100 to 599, a class such as 2xx, or a list of them';
const LATENCY = 'milliseconds, more than 0';

const field = (shape: Shape, about: string): Field => ({ shape, about });
const needed = (shape: Shape, about: string): Field => ({ shape, about, required: true });

const pattern = text('a regular expression as text', { max: 2_000, problem: patternProblem });
const fixedPath = text('a JSONPath as text, such as $.orders[0].id', { max: 2_000, problem: jsonPathProblem });
const jsonPath = text('a JSONPath as text, such as $.orders[0].id', {
  max: 2_000,
  // A digit stands for what `${name}` becomes, as an index and within quotes.
  problem: (path) => jsonPathProblem(path.replace(/\$\{[^}]*\}/g, '1')),
});
/** What a response's header is compared with: UTF-8 too. */
const headerValue = text('no line breaks or control characters in a header', {
  empty: true,
  match: /^[\t\x20-\x7e\u0080-\uffff]*$/,
});
const headerText = text('no line breaks or control characters in a header', { empty: true, match: HEADER_VALUE });
const milliseconds = (max: number, allowed = `whole milliseconds from 1 to ${max}`) => number(allowed, { min: 1, max });
const latency = number(LATENCY, { min: 0, above: true, max: 3_600_000, decimals: true });
const headersOf = (entry: Shape) =>
  map('an object of header names and values', HEADER_NAME, 'not a header name: letters, digits and -', entry);

const statusCode = either(STATUS, number(STATUS, { min: 100, max: 599 }), text(STATUS, { match: /^[1-5]xx$/ }));

const headerExpectation = either(
  'text, or {"pattern": "..."}, {"contains": "..."}, {"exists": true}',
  headerValue,
  object('an object with pattern, contains or exists', {
    pattern: field(pattern, 'A regular expression that the value must match.'),
    contains: field(text('text that the value must contain'), 'Text that the value must contain.'),
    exists: field(flag(), 'Whether the header must be there, or must not.'),
  }),
);

const jsonExpectation = object('an object with path and what must hold there, such as {path: $.id, type: number}', {
  path: needed(jsonPath, 'JSONPath (RFC 9535). The rest must hold of every value that it finds, and it must find one.'),
  exists: field(flag(), 'Whether the path must find a value, or must not.'),
  count: field(number('a whole number of values', { min: 0, max: 1e6 }), 'How many values the path must find.'),
  equals: field(json('any JSON value'), 'The value, whatever the order of its keys.'),
  notEquals: field(json('any JSON value'), 'What the value must not be.'),
  oneOf: field(list('a list of values', json('any JSON value'), 1, 1_000), 'What the value may be.'),
  greaterThan: field(bound(), 'The value must be a number above this.'),
  atLeast: field(bound(), 'The value must be a number, this or above.'),
  lessThan: field(bound(), 'The value must be a number below this.'),
  atMost: field(bound(), 'The value must be a number, this or below.'),
  contains: field(json('text, or an entry of a list'), 'Text that the text must contain, or an entry of the list.'),
  pattern: field(pattern, 'A regular expression that the text must match.'),
  type: field(constant('string', 'number', 'boolean', 'null', 'array', 'object'), 'What kind of value it must be.'),
});

function bound(): Shape {
  return number('a number', { min: -Number.MAX_VALUE, max: Number.MAX_VALUE, decimals: true });
}

const bodyText = text('the text that the body must contain', { max: 10_000 });

const expectation = object('an object, such as {"status": 200}', {
  status: field(
    either(STATUS, statusCode, list(STATUS, statusCode, 1, 100)),
    `Accepted status: ${STATUS}. Default 200.`,
  ),
  headers: field(headersOf(headerExpectation), "What must hold of the answer's headers."),
  bodyContains: field(
    either(bodyText.allowed, bodyText, list(bodyText.allowed, bodyText, 1, 100)),
    'Text that the body must contain, or a list of texts.',
  ),
  bodyPattern: field(pattern, 'A regular expression that the body must match.'),
  json: field(list('a list of JSONPath expectations', jsonExpectation, 1, 200), 'What must hold of a JSON body.'),
  jsonSchema: field(
    json('a JSON Schema as an object, or {file: path}', ['object'], (value) => schemaProblem(value as object)),
    'JSON Schema that the body must satisfy (draft 2020-12, or draft-07 by $schema), or {file: path} beside the suite.',
  ),
  latencyMs: field(latency, 'Limit for the whole answer, milliseconds.'),
  tlsDaysLeft: field(
    number('whole days from 0 to 3650', { min: 0, max: 3_650 }),
    'Days for which the certificate must still be valid.',
  ),
  redirect: field(
    either(
      'a URL or path, or {"pattern": "..."}',
      text('a URL or path', { max: 2_000 }),
      object('an object with pattern', { pattern: needed(pattern, 'A regular expression that the URL must match.') }),
    ),
    'Where the answer must redirect to. Without `status` any 3xx is accepted.',
  ),
});

const BODY = 'text, or exactly one of {text: ...}, {json: ...}, {file: ...}';
const body = either(
  BODY,
  text(BODY, { empty: true, max: 1_000_000 }),
  object(
    BODY,
    {
      text: field(text(BODY, { empty: true, max: 1_000_000 }), 'The body as it is sent.'),
      json: field(json('any JSON value'), 'Sent as JSON, with its content type.'),
      file: field(text('a file beside the suite', { max: 1_000 }), 'A file, by its path from the suite file.'),
    },
    { exactlyOne: true },
  ),
);

const ARN = 'the ARN of a Secrets Manager secret or an SSM parameter; a variable may stand in it';
const auth = object('an object with type and secret', {
  type: needed(constant('bearer', 'basic', 'header'), 'How the secret is sent.'),
  secret: needed(text(ARN, { max: 2_048, match: /^(arn:[\w-]+:(secretsmanager|ssm):|\$\{)/ }), `It is ${ARN}.`),
  field: field(text('a key of the JSON object in the secret', { max: 200 }), 'Key, where the secret holds JSON.'),
  name: field(
    text('a header name', { match: HEADER_NAME, max: 200 }),
    'Header that carries the secret, for type header.',
  ),
});

const CAPTURE = 'exactly one of {json: $.path}, {header: name}, {pattern: regular expression}';
const capture = object(
  CAPTURE,
  {
    json: field(fixedPath, 'JSONPath; the first value found.'),
    header: field(text('a header name', { match: HEADER_NAME, max: 200 }), "The header's value."),
    pattern: field(pattern, 'Regular expression on the body; its first group, or all that it matched.'),
  },
  { exactlyOne: true },
);

const percent = number('a percentage from 0 to 100', { min: 0, max: 100, decimals: true });
const repeat = object('an object such as {times: 20, p95Ms: 300}', {
  times: needed(number('a whole number from 2 to 1000', { min: 2, max: 1_000 }), 'Requests, one after the other.'),
  p50Ms: field(latency, 'Limit of the median, milliseconds.'),
  p95Ms: field(latency, 'Limit of the 95th percentile, milliseconds.'),
  p99Ms: field(latency, 'Limit of the 99th percentile, milliseconds.'),
  errorPercent: field(percent, 'Share of the requests that may fail. Default 0.'),
});

const retries = number('a whole number from 0 to 10', { min: 0, max: 10 });
const attemptFields = {
  headers: field(headersOf(headerText), 'Headers to send.'),
  timeoutMs: field(milliseconds(60_000), 'Time limit of one attempt, milliseconds. Default 5000.'),
  retries: field(retries, 'Attempts after the first, for idempotent methods alone. Default 2.'),
  backoffMs: field(milliseconds(60_000), 'Wait before the second attempt; doubles up to 5000. Default 500.'),
};

const queryValue = either('text, a number, true or false', text('text', { empty: true }), bound(), flag());

const check = object('a check is an object with name and path', {
  name: needed(text('give the check a name', { max: 100 }), 'Names the check in every report; unique.'),
  method: field(constant(...METHODS), 'Default GET.'),
  path: needed(
    text("begin it with '/'", { max: 2_000, match: /^(\/|\$\{)/, problem: pathProblem }),
    'Path on the target, from /. `${name}` stands for a variable or a captured value.',
  ),
  query: field(
    map(
      'an object of names and values',
      /^/,
      '',
      either(queryValue.allowed, queryValue, list('values', queryValue, 0, 100)),
    ),
    'Query parameters, percent-encoded for you; a list repeats the name.',
  ),
  body: field(body, 'Body to send.'),
  auth: field(auth, 'Credentials from a secret, read when the suite runs and masked everywhere.'),
  followRedirects: field(number('a whole number from 0 to 20', { min: 0, max: 20 }), 'Redirects to follow. Default 0.'),
  needs: field(list('names of checks', text('the name of a check'), 0, 100), 'Checks that must pass before this one.'),
  expect: field(expectation, 'What must hold; a miss fails the check.'),
  warn: field(expectation, 'What should hold; a miss degrades the check, which still passes.'),
  capture: field(
    map('an object of names and sources', NAME, 'letters, digits, _ and -', capture),
    'Values for later checks.',
  ),
  repeat: field(repeat, 'Send it many times and judge all of them together.'),
  ...attemptFields,
});

function pathProblem(path: string): string | undefined {
  if (/[^\x21-\x7e]/.test(path)) return 'percent-encode spaces and non-ASCII characters';
  return path.includes('#') ? 'a fragment is never sent: remove it' : undefined;
}

/** The whole file. */
export const SUITE: Shape = object('a suite is an object with version and checks', {
  $schema: field(text('where the JSON Schema is'), 'For editors.'),
  version: needed(constant(1), 'Version of this format.'),
  name: field(text('a name', { max: 100 }), 'Names the suite in reports.'),
  variables: field(
    map(
      'an object of names and defaults',
      NAME,
      'letters, digits, _ and -',
      either('text, or null', text('text', { empty: true }), nothing()),
    ),
    'Values known when the suite runs: a default, or null when one must be given.',
  ),
  allowHosts: field(
    list('a list of hosts', text('a host, or host:port', { match: /^[\w.-]+(:\d+)?$/, max: 260 }), 0, 50),
    'Hosts besides the target that a redirect may be followed to.',
  ),
  defaults: field(object('an object', attemptFields), 'What checks have unless they say otherwise.'),
  checks: needed(
    list('list at least one check', check, 1, CHECKS_MAX),
    'The checks; they run in parallel unless one needs another.',
  ),
  compare: field(
    either('true, false, or an object, such as {requests: [{path: /orders}]}', flag(), COMPARISON),
    'Compares green with live blue, before any traffic shifts: docs/comparison.md. Default: with what is safe of the checks, and too little data passes.',
  ),
});

/** docs/suite.schema.json */
export function suiteSchema(): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A Greenlight smoke suite, version 1',
    ...SUITE.schema,
  };
}

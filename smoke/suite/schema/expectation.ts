import { z } from 'zod';
import { choice, integer, list, object, text } from '../../../common/schema/fields';
import {
  bound,
  fixedJsonPath,
  flag,
  headerName,
  headersOf,
  json,
  jsonPath,
  jsonSchemaValue,
  pattern,
  responseHeaderValue,
} from './values';

const STATUS = 'a status code from 100 to 599, a class such as 2xx, or a list of them';

export const latency = z.number({ error: 'milliseconds, more than 0' }).gt(0).max(3_600_000);

const statusCode = z.union([integer(STATUS, 100, 599), text(STATUS, { pattern: /^[1-5]xx$/ })], { error: STATUS });

const HEADER = 'text, or {pattern: ...}, {contains: ...}, {exists: true}';
const headerExpectation = z.union(
  [
    responseHeaderValue,
    object(HEADER, {
      pattern: pattern.describe('A regular expression that the value must match.').optional(),
      contains: text('text that the value must contain').describe('Text that the value must contain.').optional(),
      exists: flag.describe('Whether the header must be there, or must not.').optional(),
    }),
  ],
  { error: HEADER },
);

const jsonExpectation = object('a map with path and what must hold there, such as {path: $.id, type: number}', {
  path: jsonPath.describe(
    'The JSONPath (RFC 9535). The other fields must hold for every value that it finds, and it must find one.',
  ),
  exists: flag.describe('Whether the path must find a value, or must not.').optional(),
  count: integer('a whole number of values', 0, 1e6).describe('How many values the path must find.').optional(),
  equalTo: json('any JSON value').describe('The value, whatever the order of its keys.').optional(),
  notEqualTo: json('any JSON value').describe('What the value must not be.').optional(),
  oneOf: list('a list of values', json('any JSON value'), 1, 1_000).describe('What the value may be.').optional(),
  greaterThan: bound.describe('The value must be a number above this.').optional(),
  atLeast: bound.describe('The value must be a number, this or above.').optional(),
  lessThan: bound.describe('The value must be a number below this.').optional(),
  atMost: bound.describe('The value must be a number, this or below.').optional(),
  contains: json('text, or an entry of a list')
    .describe('Text that the text must contain, or an entry of the list.')
    .optional(),
  pattern: pattern.describe('A regular expression that the text must match.').optional(),
  type: z
    .enum(['string', 'number', 'boolean', 'null', 'array', 'object'])
    .describe('What kind of value it must be.')
    .optional(),
});

const BODY_TEXT = 'the text that the body must contain';
const bodyText = text(BODY_TEXT, { lengthMax: 10_000 });

export const expectation = object('a map, such as {status: 200}', {
  status: z
    .union([statusCode, list(STATUS, statusCode, 1, 100)], { error: STATUS })
    .describe(`The accepted status: ${STATUS}. Default 200, or any 3xx with \`redirect\`.`)
    .optional(),
  headers: headersOf(headerExpectation).describe("What must hold for the response's headers.").optional(),
  bodyContains: z
    .union([bodyText, list(BODY_TEXT, bodyText, 1, 100)], { error: BODY_TEXT })
    .describe('Text that the body must contain, or a list of texts.')
    .optional(),
  bodyPattern: pattern.describe('A regular expression that the body must match.').optional(),
  json: list('a list of JSONPath expectations', jsonExpectation, 1, 200)
    .describe('What must hold for a JSON body.')
    .optional(),
  jsonSchema: jsonSchemaValue
    .describe(
      'A JSON Schema that the body must satisfy (draft 2020-12, or draft-07 by `$schema`), or `{file: path}` next to the suite.',
    )
    .optional(),
  latencyMs: latency.describe('The limit for the whole response, milliseconds.').optional(),
  certificateValidityDays: integer('whole days from 0 to 3650', 0, 3_650)
    .describe('Days for which the certificate must still be valid.')
    .optional(),
  redirect: z
    .union(
      [
        text('a URL or path', { lengthMax: 2_000 }),
        object('a map with pattern', { pattern: pattern.describe('A regular expression that the URL must match.') }),
      ],
      { error: 'a URL or path, or {pattern: ...}' },
    )
    .describe('Where the response must redirect to.')
    .optional(),
});

export const capture = choice('exactly one of {json: $.path}, {header: name}, {pattern: regular expression}', {
  json: fixedJsonPath.describe('A JSONPath into the body; the first value that it finds.').optional(),
  header: headerName.describe('The name of a header; its value.').optional(),
  pattern: pattern
    .describe('A regular expression on the body; its first group, or the whole match without a group.')
    .optional(),
});

import { z } from 'zod';
import { isRecord, type Json, jsonKind, jsonProblem } from '../../../common/json/values';
import { decimal, integer, map, numeric, reporting, text } from '../../../common/schema/fields';
import { jsonPathProblem } from '../json-path';
import { schemaProblem } from '../json-schema';
import { patternProblem } from '../patterns';

/** Values that several fields of a suite have. */

/** Names of variables and captures, as in `${name}`. */
const NAME = /^[A-Za-z_][\w-]*$/;
// RFC 9110, 5.1 and 5.5: a field name is a token; a value has no control characters but the tab.
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const HEADER_VALUE_ALLOWED = 'no line breaks or control characters in a header';

export const pattern = text('a regular expression as text', { lengthMax: 2_000, problemOf: patternProblem });

const JSON_PATH_ALLOWED = 'a JSONPath as text, such as $.orders[0].id';
export const fixedJsonPath = text(JSON_PATH_ALLOWED, { lengthMax: 2_000, problemOf: jsonPathProblem });
export const jsonPath = text(JSON_PATH_ALLOWED, {
  lengthMax: 2_000,
  // A digit replaces `${name}`, because it is valid as an index and within quotes.
  problemOf: (path) => jsonPathProblem(path.replace(/\$\{[^}]*\}/g, '1')),
});

export const headerName = text('a header name', { pattern: HEADER_NAME, lengthMax: 200 });
export const headerValue = text(HEADER_VALUE_ALLOWED, { isBlankAllowed: true, pattern: HEADER_VALUE });
/** The expected value of a response header, which may have UTF-8. */
export const responseHeaderValue = text(HEADER_VALUE_ALLOWED, {
  isBlankAllowed: true,
  pattern: /^[\t\x20-\x7e\u0080-\uffff]*$/,
});

export function headersOf<Entry extends z.ZodType>(entry: Entry) {
  return map('a map of header names and values', HEADER_NAME, 'not a header name: letters, digits and -', entry);
}

export function namesOf<Entry extends z.ZodType>(allowed: string, entry: Entry) {
  return map(allowed, NAME, 'letters, digits, _ and -', entry);
}

export const milliseconds = (max: number) => integer(`whole milliseconds from 1 to ${max}`, 1, max);
export const wholeNumber = (min: number, max: number) => integer(`a whole number from ${min} to ${max}`, min, max);
export const anyNumber = (min: number, max: number) => decimal(`a number from ${min} to ${max}`, min, max);
export const flag = z.boolean({ error: 'true or false' });

/** The number that a value is compared with. */
export const bound = numeric('a number');

export function json(allowed: string) {
  return z
    .custom<Json>((value) => jsonKind(value) !== undefined, { error: allowed })
    .check(reporting((value) => (value === undefined ? undefined : jsonProblem(value))));
}

export const jsonSchemaValue = z
  .custom<{ readonly [key: string]: Json }>(isRecord, { error: 'a JSON Schema as a map, or {file: path}' })
  .check(reporting((value) => (isRecord(value) ? (jsonProblem(value) ?? schemaProblem(value)) : undefined)))
  .meta({ type: 'object' });

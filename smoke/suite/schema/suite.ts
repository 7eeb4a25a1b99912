import { z } from 'zod';
import { list, object, text } from '../../../common/schema/fields';
import { type JsonSchema, jsonSchemaOf } from '../../../common/schema/json-schema';
import { comparison } from '../../comparison/schema';
import { attemptFields, check } from './check';
import { flag, namesOf } from './values';

const CHECKS_MAX = 1_000;

/** A suite file, version 1: types, problems, docs/suite.schema.json and the tables of docs/suite.md come from it. */
export const suite = object('a suite is a map with version and checks', {
  $schema: text('where the JSON Schema is')
    .describe('Where the JSON Schema of this format is, for editors.')
    .optional(),
  version: z.literal(1).describe('The version of this format.'),
  name: text('a name', { lengthMax: 100 }).describe('The name of the suite in reports.').optional(),
  variables: namesOf(
    'a map of names and defaults',
    z.union([text('text', { isBlankAllowed: true }), z.null()], { error: 'text, or null' }),
  )
    .describe('Values known when the suite runs, used as `${name}`: a default, or null when one must be given.')
    .optional(),
  allowHosts: list(
    'a list of hosts',
    text('a host, or host:port', { pattern: /^[\w.-]+(:\d+)?$/, lengthMax: 260 }),
    0,
    50,
  )
    .describe('Hosts to which a redirect may be followed, in addition to the target.')
    .optional(),
  defaults: object('a map', attemptFields).describe('Values for checks that have none of their own.').optional(),
  checks: list('list at least one check', check, 1, CHECKS_MAX).describe(
    'The checks; they run in parallel unless one needs another.',
  ),
  compare: z
    .union([flag, comparison], { error: 'true, false, or a map such as {requests: [{path: /orders}]}' })
    .describe(
      'How green is compared with live blue before any traffic shifts: docs/comparison.md. Default: with the checks that are safe, and too little data passes.',
    )
    .optional(),
});

/** docs/suite.schema.json */
export function suiteJsonSchema(): JsonSchema {
  return { ...jsonSchemaOf(suite), title: 'A Greenlight smoke suite, version 1' };
}

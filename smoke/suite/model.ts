import type { z } from 'zod';
import type { ExactNumber } from '../../common/json/exact-number';
import type { Json } from '../../common/json/values';
import type { check } from './schema/check';
import type { suite } from './schema/suite';

/** The suite, version 1: what a suite file says, and what travels to the gate. The types come from the schema. */

/** A type of zod's, as nothing may change it. JSON values are so already. */
type Immutable<T> = [Json] extends [T]
  ? T
  : T extends string | number | boolean | null | undefined | ExactNumber
    ? T
    : T extends readonly (infer Entry)[]
      ? readonly Immutable<Entry>[]
      : { readonly [Key in keyof T]: Immutable<T[Key]> };

export type SmokeCheck = Immutable<z.infer<typeof check>>;
export type SmokeExpectation = NonNullable<SmokeCheck['expect']>;
export type HeaderExpectation = NonNullable<SmokeExpectation['headers']>[string];
export type JsonExpectation = NonNullable<SmokeExpectation['json']>[number];
export type StatusExpectation = Exclude<NonNullable<SmokeExpectation['status']>, readonly unknown[]>;
export type SmokeBody = Exclude<NonNullable<SmokeCheck['body']>, string>;
export type SmokeAuth = NonNullable<SmokeCheck['auth']>;
export type Capture = NonNullable<SmokeCheck['capture']>[string];
export type Repeat = NonNullable<SmokeCheck['repeat']>;
export type QueryValue = Exclude<NonNullable<SmokeCheck['query']>[string], readonly unknown[]>;

type SuiteFile = Immutable<z.infer<typeof suite>>;

export interface Suite extends Omit<SuiteFile, 'version'> {
  /** In a file always; a suite in code needs none. */
  readonly version?: 1;
  /** The file that it was read from, for people. */
  readonly file?: string;
  /** `line:column` of each value by its path, `checks[2].expect.status`. */
  readonly places?: Readonly<Record<string, string>>;
}

import type { z } from 'zod';
import type { ExactNumber } from '../../common/json/exact-number';
import type { Json } from '../../common/json/values';
import type { check } from './schema/check';
import type { suite } from './schema/suite';

/** The suite, version 1, as a file has it and as the gate gets it. The types come from the schema. */

/** A type of zod with all fields readonly. JSON values have that already. */
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
  /** Required in a file, and absent in a suite from code. */
  readonly version?: 1;
  /** The file that the suite was read from, for messages. */
  readonly file?: string;
  /** `line:column` of each value by its path, `checks[2].expect.status`. */
  readonly places?: Readonly<Record<string, string>>;
}

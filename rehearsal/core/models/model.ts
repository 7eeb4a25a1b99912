/** What AWS's model says about the operations of one service. */

/** How a list operation gives its list in pages. */
export interface PageModel {
  /** The member of the input that holds the token of the page. */
  readonly token: string;
  /** The member of the output that holds the token of the next page. */
  readonly next: string;
  /** The member of the input that limits a page. */
  readonly limit?: string;
  /** The member of the output that says whether there is a next page. */
  readonly more?: string;
  /** The members of the output that hold the list. */
  readonly items: readonly string[];
}

export interface OperationModel {
  readonly input?: string;
  readonly output?: string;
  /** Codes, as they are on the wire. */
  readonly errors: readonly string[];
  readonly page?: PageModel;
}

interface Limits {
  /** Of a text, a list or a map the length, of a number the value. */
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  /** AWS does not repeat such values in errors. */
  readonly sensitive?: true;
}

/** A name in `member`, `key`, `value` and `members` is a simple type, or a shape of the same service. */
export type ShapeModel =
  | ({ readonly type: 'structure'; readonly required?: readonly string[] } & Limits & {
        readonly members: Readonly<Record<string, string>>;
        /** Any JSON. https://smithy.io/2.0/spec/simple-types.html#document */
        readonly document?: true;
      })
  | ({ readonly type: 'list'; readonly member: string } & Limits)
  | ({ readonly type: 'map'; readonly key: string; readonly value: string } & Limits)
  | ({ readonly type: SimpleType } & Limits);

export const SIMPLE_TYPES = ['string', 'integer', 'long', 'double', 'float', 'boolean', 'timestamp', 'blob'] as const;

export type SimpleType = (typeof SIMPLE_TYPES)[number];

export interface ServiceModel {
  /** Package, version and licence. */
  readonly source: string;
  /** The API's version. */
  readonly version: string;
  readonly operations: Readonly<Record<string, OperationModel>>;
  readonly shapes: Readonly<Record<string, ShapeModel>>;
  /** What the API reference says about an error, where the error is about one member. */
  readonly sentences?: Readonly<Record<string, string>>;
}

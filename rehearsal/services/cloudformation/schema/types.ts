/** Limits of a value, as the schema of its type has them. */
export interface Constraints {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
}

export type SimpleType = 'string' | 'number' | 'integer' | 'boolean' | 'json' | 'tag';

/** What a value may be. */
export type ValueType =
  | SimpleType
  | { readonly enum: readonly string[] }
  | { readonly list: ValueType }
  | { readonly map: ValueType }
  | { readonly any: readonly ValueType[] }
  | { readonly structure: string }
  | (Constraints & { readonly of: ValueType });

/** The properties of a resource, or of a definition within it. */
export interface Structure {
  readonly required?: readonly string[];
  readonly members: Readonly<Record<string, ValueType>>;
}

/** What CloudFormation accepts of a resource type and does with it. */
export interface ResourceSchema extends Structure {
  readonly definitions?: Readonly<Record<string, Structure>>;
  /** What `Fn::GetAtt` returns, apart from properties. */
  readonly attributes: readonly string[];
  /** Paths of properties whose change replaces the resource, such as `Name` and `Spec/Rules/*`. */
  readonly replaces?: readonly string[];
  /** Paths of properties whose change replaces the resource in some cases, which the service decides. */
  readonly mayReplace?: readonly string[];
  /** Whether CloudFormation itself has the type, without a handler of the registry. */
  readonly legacy?: boolean;
}

/**
 * What jsii writes about a package, as far as the API page and its test read it.
 * https://github.com/aws/jsii-compiler, `@jsii/spec`
 */
export interface Assembly {
  readonly name: string;
  readonly types: Readonly<Record<string, ApiType>>;
}

export interface Docs {
  readonly summary?: string;
  readonly remarks?: string;
  readonly default?: string;
  readonly returns?: string;
  readonly deprecated?: string;
  readonly custom?: Readonly<Record<string, string>>;
}

export interface Documented {
  readonly name: string;
  readonly docs?: Docs;
  readonly locationInModule?: { readonly filename: string; readonly line: number };
}

export interface ApiType extends Documented {
  readonly fqn: string;
  readonly kind: 'class' | 'enum' | 'interface';
  /** A struct: an interface with only properties. */
  readonly datatype?: boolean;
  readonly base?: string;
  readonly interfaces?: readonly string[];
  readonly initializer?: { readonly parameters?: readonly Parameter[] };
  readonly properties?: readonly Property[];
  readonly methods?: readonly Method[];
  /** Of an enum. */
  readonly members?: readonly Documented[];
}

export interface Parameter {
  readonly name: string;
  readonly type: TypeReference;
  readonly optional?: boolean;
}

export interface Property extends Documented, Parameter {
  readonly name: string;
  readonly immutable?: boolean;
  readonly static?: boolean;
}

export interface Method extends Documented {
  readonly parameters?: readonly Parameter[];
  readonly returns?: { readonly type: TypeReference };
  readonly static?: boolean;
}

export interface TypeReference {
  /** Of another type: `aws-cdk-lib.aws_ec2.IVpc`. */
  readonly fqn?: string;
  readonly primitive?: string;
  readonly collection?: { readonly kind: 'array' | 'map'; readonly elementtype: TypeReference };
  readonly union?: { readonly types: readonly TypeReference[] };
  readonly intersection?: { readonly types: readonly TypeReference[] };
}

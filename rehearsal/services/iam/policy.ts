/** The JSON policy language. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: OneOrMany<Statement>;
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: OneOrMany<string>;
  readonly NotAction?: OneOrMany<string>;
  readonly Resource?: OneOrMany<string>;
  readonly NotResource?: OneOrMany<string>;
  readonly Principal?: PrincipalElement;
  /** Operator to condition key to accepted values. */
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany<string | boolean | number>>>>>;
}

export type PrincipalElement = '*' | Readonly<Record<string, OneOrMany<string>>>;

export type OneOrMany<T> = T | readonly T[];

export function many<T>(value: OneOrMany<T> | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/**
 * Checks the parts of a document that the evaluator relies on.
 * @throws Error that names what is wrong, as `MalformedPolicyDocument` does
 */
export function parsePolicy(document: unknown): PolicyDocument {
  const parsed = typeof document === 'string' ? jsonOf(document) : document;
  if (!isObject(parsed) || parsed['Statement'] === undefined) throw new Error('the policy has no Statement');
  for (const statement of many(parsed['Statement'] as OneOrMany<unknown>)) checkStatement(statement);
  return parsed as unknown as PolicyDocument;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Error(`the policy is not JSON: ${(error as Error).message}`);
  }
}

function checkStatement(statement: unknown): void {
  if (!isObject(statement)) throw new Error('a Statement is not an object');
  const where = typeof statement['Sid'] === 'string' ? `statement ${statement['Sid']}` : 'a statement';
  if (statement['Effect'] !== 'Allow' && statement['Effect'] !== 'Deny') {
    throw new Error(`${where} has Effect ${JSON.stringify(statement['Effect'])}: Allow or Deny`);
  }
  if (statement['Action'] === undefined && statement['NotAction'] === undefined) {
    throw new Error(`${where} has neither Action nor NotAction`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

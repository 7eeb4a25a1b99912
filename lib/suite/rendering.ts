import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type IResolvable, Stack, Token, Tokenization } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { SUITE_FILE } from '../../lambda/gate/types';
import {
  bindVariables,
  type Capture as SuiteCapture,
  readSuite,
  secretArns,
  stringifyJson,
  type SmokeCheck as SuiteCheck,
  type SmokeExpectation,
  type Suite,
  validateSuite,
} from '../../smoke/suite';
import type { Capture, RepeatOptions, SmokeCheck } from './smoke-check';
import type { SmokeExpectations } from './smoke-expectations';
import { bundleFolder } from '../../common/bundles';
import { defined } from '../internal/defined';
import { refuse } from '../internal/validate';

/** The suite as the gate function reads it. @throws Error with every problem in it */
export function renderSuite(scope: Construct, suite: Suite, variables: Readonly<Record<string, string>>): Suite {
  const problems = [...validateSuite(suite), ...bindVariables(suite, variables).problems];
  if (problems.length > 0) refuse(scope, `the smoke suite: ${problems.join('; ')}`);
  return suite;
}

/** Code by suite: gates with the same suite share one asset, so that it is copied and hashed once in a stack. */
const codeOf = new WeakMap<Stack, Map<string, Code>>();

/** @throws SuiteError with every problem in the file */
export function suiteFromFile(path: string): Suite {
  // Without its folder: the asset must not depend on whose machine it is made on.
  return { ...readSuite(path), file: basename(path) };
}

/**
 * What a gate needs to read the secrets of a suite's checks; the ARNs may hold tokens.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
 */
export function grantAuth(
  suite: Suite,
  variables: Readonly<Record<string, string>>,
): readonly { action: string; resource: string }[] {
  const { values } = bindVariables(suite, variables);
  return secretArns(suite, values).flatMap((resource) => actionsOn(resource).map((action) => ({ action, resource })));
}

/** A token may become an ARN of either service; on the other's ARN the action of one grants nothing. */
function actionsOn(arn: string): readonly string[] {
  const service = /^arn:[^:]+:([^:]+):/.exec(arn)?.[1];
  const actions = { ssm: 'ssm:GetParameter', secretsmanager: 'secretsmanager:GetSecretValue' };
  const known = Object.entries(actions).filter(([name]) => name === service);
  return (known.length > 0 ? known : Object.entries(actions)).map(([, action]) => action);
}

/**
 * The gate's bundle together with the suite, for the functions that `use` makes. CDK copies an asset when its first
 * function is made, so the folder that it comes from is gone afterwards; and it hashes only contents, so the hash
 * depends on bundle and suite and nothing else.
 */
export function withGateCode(scope: Construct, suite: Suite, use: (code: Code) => void): void {
  const stack = Stack.of(scope);
  const made = codeOf.get(stack) ?? new Map<string, Code>();
  codeOf.set(stack, made);
  const content = `${stringifyJson(suite, 2)}\n`;
  const shared = made.get(content);
  if (shared) return use(shared);
  withGateFolder(content, (folder) => {
    const code = Code.fromAsset(folder);
    use(code);
    made.set(content, code);
  });
}

function withGateFolder(suite: string, use: (folder: string) => void): void {
  const parent = mkdtempSync(join(tmpdir(), 'greenlight-gate-'));
  const folder = join(parent, 'gate');
  try {
    mkdirSync(folder);
    const bundle = bundleFolder('gate');
    for (const file of readdirSync(bundle)) copyFileSync(join(bundle, file), join(folder, file));
    writeFileSync(join(folder, SUITE_FILE), suite);
    use(folder);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/**
 * A suite from code. What is known only at deploy time comes to the gate as variables: the ARNs of secrets, and every
 * token in a check.
 */
export function suiteOf(checks: readonly SmokeCheck[]): { suite: Suite; variables: Record<string, string> } {
  const variables: Record<string, string> = {};
  const secretOf = (check: SmokeCheck, index: number) => {
    if (!check.auth) return undefined;
    const name = `secret-of-check-${index + 1}`;
    variables[name] = check.auth.arn;
    return `\${${name}}`;
  };
  const rendered = checks.map((check, index) => toSuiteCheck(check, secretOf(check, index)));
  const lifted = withoutTokens(rendered, variables);
  const declared = Object.fromEntries(Object.keys(variables).map((name) => [name, null]));
  return {
    suite: defined({ variables: Object.keys(declared).length > 0 ? declared : undefined, checks: lifted }),
    variables,
  };
}

/** The value with a placeholder for each token in its texts; their tokens are added to `variables`. */
function withoutTokens<T>(value: T, variables: Record<string, string>): T {
  if (typeof value === 'string') return (Token.isUnresolved(value) ? lift(value, variables) : value) as T;
  if (Array.isArray(value)) return value.map((each: unknown) => withoutTokens(each, variables)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutTokens(each, variables)])) as T;
}

function lift(text: string, variables: Record<string, string>): string {
  const placeholder = (token: IResolvable) => {
    const value = Token.asString(token);
    const known = Object.keys(variables).find((name) => variables[name] === value);
    const name = known ?? `token-${Object.keys(variables).length + 1}`;
    variables[name] = value;
    return `\${${name}}`;
  };
  return Tokenization.reverseString(text)
    .mapTokens({ mapToken: placeholder })
    .join({ join: (left?: string, right?: string) => `${left ?? ''}${right ?? ''}` }) as string;
}

/** Keys stand in one order, so that the asset's hash is stable. */
function toSuiteCheck(check: SmokeCheck, secret: string | undefined): SuiteCheck {
  return defined({
    name: check.name,
    method: check.method as SuiteCheck['method'],
    path: check.path,
    query: check.query,
    headers: check.headers,
    body: check.body?._render(),
    auth:
      check.auth &&
      defined({
        type: check.auth.type as 'bearer',
        secret: secret ?? '',
        field: check.auth.field,
        name: check.auth.headerName,
      }),
    followRedirects: check.followRedirects,
    needs: check.needs,
    expect: check.expect && expectationOf(check.expect),
    warn: check.warn && expectationOf(check.warn),
    capture: check.capture && capturesOf(check.capture),
    retries: check.retries,
    backoffMs: check.backoff?.toMilliseconds(),
    timeoutMs: check.timeout?.toMilliseconds(),
    repeat: check.repeat && repeatOf(check.repeat),
  });
}

function expectationOf(expect: SmokeExpectations): SmokeExpectation {
  return defined({
    status: expect.status?.map((match) => match._render()),
    headers: expect.headers && headersOf(expect.headers),
    bodyContains: expect.bodyContains,
    bodyPattern: expect.bodyPattern,
    json: expect.json?.map((match) => defined({ ...match })) as SmokeExpectation['json'],
    jsonSchema: expect.jsonSchema,
    latencyMs: expect.latency?.toMilliseconds(),
    certificateValidityDays: expect.certificateValidity?.toDays(),
    redirect: expect.redirect,
  });
}

function headersOf(headers: NonNullable<SmokeExpectations['headers']>): SmokeExpectation['headers'] {
  return Object.fromEntries(Object.entries(headers).map(([name, match]) => [name, match._render()]));
}

function capturesOf(captures: { [name: string]: Capture }): Record<string, SuiteCapture> {
  return Object.fromEntries(Object.entries(captures).map(([name, { kind, source }]) => [name, { [kind]: source }]));
}

function repeatOf({ times, p50, p95, p99, errorPercent }: RepeatOptions): SuiteCheck['repeat'] {
  return defined({
    times,
    p50Ms: p50?.toMilliseconds(),
    p95Ms: p95?.toMilliseconds(),
    p99Ms: p99?.toMilliseconds(),
    errorPercent,
  });
}

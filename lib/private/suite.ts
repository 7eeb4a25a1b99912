import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import {
  type HeaderExpectation,
  type SmokeCheck as ContractCheck,
  type Suite,
  SUITE_FILE,
  validateSuite,
} from '../../lambda/gate/contract';
import type { HeaderMatch, SmokeCheck } from '../smoke-check';
import { bundleFolder } from './bundles';
import { refuse } from './validate';

/** The suite as the gate function reads it. @throws Error with every mistake in it */
export function renderSuite(scope: Construct, checks: readonly SmokeCheck[]): Suite {
  const suite = { checks: checks.map(toContractCheck) };
  const problems = validateSuite(suite);
  if (problems.length > 0) refuse(scope, `the smoke suite: ${problems.join('; ')}`);
  return suite;
}

/** Code by suite: gates with the same suite share one asset, so that it is copied and hashed once in a stack. */
const codeOf = new WeakMap<Stack, Map<string, Code>>();

/**
 * The gate's bundle with the suite beside it, for the functions that `use` makes. CDK copies an asset when its first
 * function is made, so the folder that it comes from is gone afterwards; and it hashes contents alone, so the hash
 * depends on bundle and suite and nothing else.
 */
export function withGateCode(scope: Construct, suite: Suite, use: (code: Code) => void): void {
  const stack = Stack.of(scope);
  const made = codeOf.get(stack) ?? new Map<string, Code>();
  codeOf.set(stack, made);
  const content = `${JSON.stringify(suite, undefined, 2)}\n`;
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

/** Keys stand in one order, so that the asset's hash is stable. */
function toContractCheck(check: SmokeCheck): ContractCheck {
  return defined({
    name: check.name,
    method: check.method,
    path: check.path,
    headers: check.headers,
    body: check.body,
    expect: defined({
      status: check.expectedStatus,
      headers: headerExpectations(check.expectedHeaders),
      bodyContains: check.bodyContains,
      bodyPattern: check.bodyPattern,
      latencyMs: check.latencyLimit?.toMilliseconds(),
    }),
    retries: check.retries,
    timeoutMs: check.timeout?.toMilliseconds(),
  });
}

function headerExpectations(
  headers: { [name: string]: HeaderMatch } | undefined,
): Record<string, HeaderExpectation> | undefined {
  if (!headers) return undefined;
  return Object.fromEntries(
    Object.entries(headers).map(([name, match]) => [
      name,
      match.regularExpression === undefined ? (match.value ?? '') : { pattern: match.regularExpression },
    ]),
  );
}

function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}

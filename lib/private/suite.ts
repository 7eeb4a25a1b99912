import { mkdirSync, mkdtempSync, readdirSync, copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/**
 * The gate's bundle with the suite beside it, in a folder of its own for as long as `use` runs: CDK copies an asset
 * when it is made, and hashes contents alone, so the hash depends on bundle and suite and nothing else.
 */
export function withGateCode<T>(suite: Suite, use: (folder: string) => T): T {
  const parent = mkdtempSync(join(tmpdir(), 'greenlight-gate-'));
  const folder = join(parent, 'gate');
  try {
    mkdirSync(folder);
    const bundle = bundleFolder('gate');
    for (const file of readdirSync(bundle)) copyFileSync(join(bundle, file), join(folder, file));
    writeFileSync(join(folder, SUITE_FILE), `${JSON.stringify(suite, undefined, 2)}\n`);
    return use(folder);
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

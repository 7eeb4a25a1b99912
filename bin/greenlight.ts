#!/usr/bin/env node
import { createRequire } from 'node:module';
import type * as commandLine from '../cli';
import { nodeProblem } from '../cli/node-version';

/** Loads nothing else before the version is known to be new enough: an older Node.js could not even read it. */
async function main(): Promise<number> {
  const problem = nodeProblem(process.versions.node);
  if (problem !== undefined) {
    process.stderr.write(`greenlight: ${problem}\n`);
    return 2;
  }
  const { runCommandLine } = createRequire(__filename)('../cli') as typeof commandLine;
  return runCommandLine(process.argv);
}

void main().then((exitCode) => {
  process.exitCode = exitCode;
});

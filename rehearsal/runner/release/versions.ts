import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { RehearsalReport } from '../report/document';

/** What took part: the CDK library is the rehearsed app's own. */
export function versions(appDirectory: string): RehearsalReport['versions'] {
  const here = createRequire(__filename);
  const app = createRequire(join(appDirectory, 'package.json'));
  return {
    greenlight: versionOf(here, '../../package.json') ?? versionOf(here, '../../../package.json') ?? 'unknown',
    node: process.versions.node,
    awsCdkCli: versionOf(here, 'aws-cdk/package.json') ?? 'unknown',
    awsCdkLib: versionOf(app, 'aws-cdk-lib/package.json') ?? 'unknown',
  };
}

function versionOf(from: NodeJS.Require, path: string): string | undefined {
  try {
    return (from(path) as { version: string }).version;
  } catch {
    return undefined;
  }
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cdkProgram } from '../../../../rehearsal/runner/synthesis/cdk';
import { temporaryDirectory } from '../../../support/temporary';

/** An app that has a CDK CLI of some version, or none. */
function app(version?: string): string {
  const folder = temporaryDirectory('app');
  if (version === undefined) return folder;
  const cli = join(folder, 'node_modules', 'aws-cdk');
  mkdirSync(cli, { recursive: true });
  writeFileSync(join(cli, 'package.json'), JSON.stringify({ name: 'aws-cdk', version }));
  return folder;
}

const OWN = join(dirname(require.resolve('aws-cdk/package.json')), 'bin', 'cdk');

test("the app's own CDK CLI deploys, also from a folder below the app", () => {
  const folder = app('2.1000.0');
  const cli = join(folder, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  expect(cdkProgram(folder)).toBe(cli);
  mkdirSync(join(folder, 'infra'));
  expect(cdkProgram(join(folder, 'infra'))).toBe(cli);
});

test.each([
  ['no CDK CLI', undefined],
  ['one of version 1, which cannot read what aws-cdk-lib 2 writes', '1.204.0'],
  ['3.0.0, which cannot either', '3.0.0'],
])('in an app with %s, the CLI that came with the command deploys', (_what, version) => {
  expect(cdkProgram(app(version))).toBe(OWN);
});

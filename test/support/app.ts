import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './temporary';

const ROOT = join(__dirname, '../..');

/**
 * The `--app` of the CDK CLI for an app of this repository: the CLI runs whole each time, and the app once in a run of the
 * tests for all that ask it with the same context. @param file of the app, from the root
 */
export function appCommand(file: string): string {
  const [once, typescript] = ['synthesize-once.cjs', 'typescript.cjs'].map((name) => join(__dirname, name));
  return [process.execPath, once, process.execPath, '--require', typescript, join(ROOT, file)].join(' ');
}

/** A user's folder with such an app and this repository's CDK settings. @param rehearsal text of its rehearsal file */
export function projectOf(file: string, rehearsal: string): string {
  const directory = temporaryDirectory('project');
  const settings = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as object;
  mkdirSync(join(directory, 'node_modules'));
  writeFileSync(join(directory, 'cdk.json'), JSON.stringify({ ...settings, app: appCommand(file) }));
  writeFileSync(join(directory, 'rehearsal.yaml'), rehearsal);
  return directory;
}

/** The sample service with the rehearsal file of this repository. */
export const sampleProject = () => projectOf('bin/app.ts', readFileSync(join(ROOT, 'rehearsal.yaml'), 'utf8'));

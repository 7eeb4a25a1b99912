import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CommandFailure, ExitCode } from './failure';

/**
 * Checks what a CDK app needs before anything is started for it.
 * @param app the command of the app, if the rehearsal file has one
 * @throws CommandFailure
 */
export function requireApp(directory: string, app: string | undefined): void {
  if (app !== undefined) return;
  const file = join(directory, 'cdk.json');
  if (!existsSync(file)) {
    if (hasApp(join(homedir(), '.cdk.json'))) return;
    throw bad(
      `${file}: there is no such file, so the CDK app is unknown: run this in the folder of your app, create one with ` +
        '`npx cdk init app --language typescript`, or set app in the rehearsal file',
    );
  }
  const settings = readSettings(file);
  const given = settings.app;
  if (given === undefined && hasApp(join(homedir(), '.cdk.json'))) return;
  if (typeof given !== 'string' || given.trim() === '') {
    const is = given === undefined ? 'missing' : JSON.stringify(given);
    throw bad(`${file}: app is ${is}: give the command of the CDK app, "npx tsx bin/app.ts"`);
  }
}

function readSettings(file: string): Readonly<Record<string, unknown>> {
  let settings: unknown;
  try {
    settings = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw bad(`${file}: ${(error as Error).message}`);
  }
  if (typeof settings === 'object' && settings !== null && !Array.isArray(settings)) return { ...settings };
  throw bad(`${file}: the file is ${JSON.stringify(settings)}: an object such as { "app": "npx tsx bin/app.ts" }`);
}

function hasApp(file: string): boolean {
  try {
    return typeof (JSON.parse(readFileSync(file, 'utf8')) as { app?: unknown }).app === 'string';
  } catch {
    return false;
  }
}

/** What to do if a CDK app does not synthesize, as far as its output shows it; empty if it does not. */
export function synthesisHint(output: string): string {
  const [, module] = /Cannot find module '(aws-cdk-lib|constructs|cdk-greenlight)[/']/.exec(output) ?? [];
  if (module !== undefined) return `\n${module} is not installed: npm install ${module}`;
  if (/No module named '(aws_cdk|constructs)'/.test(output)) {
    return '\nThe Python packages of the app are not installed: pip install -r requirements.txt, in its virtual environment';
  }
  const [, program] =
    /(?:^|\s)(?:\/bin\/)?sh: (?:line )?(?:\d+: )?([\w./-]+): (?:command )?not found/m.exec(output) ?? [];
  return program === undefined ? '' : `\n${program} is not installed, or not on the PATH`;
}

function bad(message: string): CommandFailure {
  return new CommandFailure(message, ExitCode.badInput);
}

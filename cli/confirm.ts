import { createInterface } from 'node:readline';
import { CommandFailure, ExitCode } from './failure';
import type { Output } from './output';

/** Where the response of a person comes from: `process.stdin`. */
export type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/** Asks before a command acts. @throws CommandFailure unless the person says yes; without a terminal nobody can */
export async function confirm(output: Output, question: string, input: Input = process.stdin): Promise<void> {
  if (input.isTTY !== true)
    throw new CommandFailure(`${question} There is no terminal to ask on: pass --yes.`, ExitCode.badInput);
  output.say({ text: `${question} [y/N]`, style: 'bold' });
  if (/^y(es)?$/i.test((await firstLine(input)).trim())) return;
  throw new CommandFailure('not confirmed: nothing was changed', ExitCode.notAsExpected);
}

function firstLine(input: Input): Promise<string> {
  return new Promise((resolve) => {
    const lines = createInterface({ input });
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => resolve(''));
  });
}

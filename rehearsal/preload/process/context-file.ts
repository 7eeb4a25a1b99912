import fs from 'node:fs';
import { resolve } from 'node:path';

type Call = (this: unknown, path: unknown, ...rest: unknown[]) => unknown;

/**
 * The CDK CLI writes what it looked up into the app's cdk.context.json. A rehearsal leaves the app's files as they are: the
 * file is written elsewhere, and read from there once it has been.
 *
 * @param to where to; undefined changes nothing
 */
export function divertContextFile(to: string | undefined): void {
  if (to === undefined) return;
  const own = resolve('cdk.context.json');
  const isOwn = (path: unknown) => typeof path === 'string' && resolve(path) === own;
  const exists = fs.existsSync;
  const divert = (target: object, names: readonly string[], when: () => boolean) => {
    for (const name of names) {
      const call = (target as Record<string, Call>)[name];
      if (!call) continue;
      const diverted: Call = function (path, ...rest) {
        return call.call(this, isOwn(path) && when() ? to : path, ...rest);
      };
      Object.assign(target, { [name]: diverted });
    }
  };
  for (const target of [fs, fs.promises]) {
    divert(target, ['writeFile', 'writeFileSync'], () => true);
    divert(target, ['readFile', 'readFileSync', 'access', 'accessSync', 'stat', 'statSync', 'existsSync'], () =>
      exists(to),
    );
  }
}

import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { containerLabel, noteEngine, removeContainers } from '../../../../rehearsal/core/processes/engine-containers';
import { temporaryDirectory } from '../../../support/temporary';

/** An engine that writes down what it is called with and lists these containers. */
function engine(directory: string, lists: string): string {
  const path = join(directory, 'fake-engine');
  writeFileSync(path, `#!/bin/sh\necho "$@" >> '${directory}/calls'\n[ "$1" = ps ] && printf '${lists}'\nexit 0\n`);
  chmodSync(path, 0o755);
  return path;
}
const callsOf = (directory: string) => readFileSync(join(directory, 'calls'), 'utf8').trim().split('\n');

let warnings: jest.SpyInstance;
beforeEach(() => (warnings = jest.spyOn(process, 'emitWarning').mockReturnValue()));
afterEach(() => jest.restoreAllMocks());

test('the containers of a rehearsal go by its label, all in one call', () => {
  const directory = temporaryDirectory('engine');
  noteEngine(directory, engine(directory, 'c-1\\nc-2\\n'));
  removeContainers(directory);
  expect(callsOf(directory)).toEqual([
    `ps --all --quiet --filter label=${containerLabel(directory)}`,
    'rm --force c-1 c-2',
  ]);
  expect(warnings).not.toHaveBeenCalled();
});

test('where no container is left, nothing is removed', () => {
  const directory = temporaryDirectory('engine');
  noteEngine(directory, engine(directory, ''));
  removeContainers(directory);
  expect(callsOf(directory)).toHaveLength(1);
});

test('without an engine nothing happens, and one that is gone is a warning', () => {
  const directory = temporaryDirectory('engine');
  removeContainers(directory);
  expect(warnings).not.toHaveBeenCalled();
  noteEngine(directory, join(directory, 'gone'));
  removeContainers(directory);
  expect(warnings).toHaveBeenCalledWith(expect.stringContaining(`containers of ${directory} could not be removed`));
  expect(existsSync(join(directory, 'calls'))).toBe(false);
});

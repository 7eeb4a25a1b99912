import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { requireApp, synthesisHint } from '../../cli/preflight';
import { temporaryDirectory } from '../support/temporary';

jest.mock('node:os', () => ({ ...jest.requireActual<object>('node:os'), homedir: jest.fn() }));

let directory: string;
let home: string;
beforeEach(() => {
  directory = temporaryDirectory('app');
  home = temporaryDirectory('home');
  jest.mocked(homedir).mockReturnValue(home);
});
const cdkJson = (text: string) => writeFileSync(join(directory, 'cdk.json'), text);
const required = () => requireApp(directory, undefined);

test('an app is known by the rehearsal file, by cdk.json or by the settings of the user', () => {
  expect(() => requireApp(directory, 'node app.js')).not.toThrow();
  expect(required).toThrow(/cdk\.json: there is no such file/);
  writeFileSync(join(home, '.cdk.json'), '{"app":"node app.js"}');
  expect(required).not.toThrow();
  cdkJson('{}');
  expect(required).not.toThrow();
  writeFileSync(join(home, '.cdk.json'), '{"app":5}');
  expect(required).toThrow(/app is missing/);
  cdkJson('{"app":"node app.js"}');
  expect(required).not.toThrow();
});

test.each([
  ['{"app":""}', /app is ""/],
  ['{"app":" "}', /app is " "/],
  ['{"app":["node"]}', /app is \["node"\]/],
  ['[]', /the file is \[\]: an object/],
  ['null', /the file is null: an object/],
  ['"app"', /the file is "app": an object/],
  ['{', /cdk\.json: .*JSON/],
])('cdk.json with %s is refused before anything starts', (text, problem) => {
  cdkJson(text);
  expect(required).toThrow(problem);
  expect(required).toThrow(expect.objectContaining({ exitCode: 2 }) as Error);
});

test.each([
  ["Error: Cannot find module 'aws-cdk-lib'", '\naws-cdk-lib is not installed: npm install aws-cdk-lib'],
  ["Error: Cannot find module 'constructs/lib/x'", '\nconstructs is not installed: npm install constructs'],
  ["Error: Cannot find module './own'", ''],
  ["ModuleNotFoundError: No module named 'aws_cdk'", expect.stringContaining('pip install -r requirements.txt')],
  ['/bin/sh: 1: mvn: not found', '\nmvn is not installed, or not on the PATH'],
  ['sh: line 1: gradle: command not found', '\ngradle is not installed, or not on the PATH'],
  ['TypeError: x is not a function', ''],
])('after "%s" it is said what to do', (output, hint) => expect(synthesisHint(output)).toEqual(hint));

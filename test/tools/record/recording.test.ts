import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRecording, scrub } from '../../../tools/record/recording';
import { temporaryDirectory } from '../../support/temporary';

test.each([
  ['an account', 'arn:aws:iam::123456789012:role/web', 'arn:aws:iam::<account>:role/web'],
  ['a deployment', 'Deployment d-A1B2C3D4E failed', 'Deployment <deployment> failed'],
  ['a request id', '(RequestId: 0a1b2c3d-0000-4000-8000-123456789abc)', '(RequestId: <id>)'],
  ['a target group', 'targetgroup/web-blue/0123456789abcdef', 'targetgroup/web-blue/<id>'],
  ['a task', 'task/cluster/0123456789abcdef0123456789abcdef', 'task/cluster/<id>'],
  ['a time', 'since 2026-11-27T10:00:00.000Z.', 'since <time>.'],
])('%s does not appear in a recording', (_what, text, expected) => {
  expect(scrub(text)).toBe(expected);
});

test('what a sentence says stays', () => {
  const sentence = 'One or more alarms have been activated: 3 of 5 datapoints were above 1.0 % (status 500)';
  expect(scrub(sentence)).toBe(sentence);
});

test('a file that is no recording is refused with its place', () => {
  const write = (text: string) => {
    const file = join(temporaryDirectory('recording'), 'recording.json');
    writeFileSync(file, text);
    return () => readRecording(file);
  };
  expect(() => readRecording('/nowhere/recording.json')).toThrow(
    /^\/nowhere\/recording\.json: no recording can be read: ENOENT/,
  );
  expect(write('{')).toThrow(/recording\.json: no recording can be read/);
  expect(write('{"format":2}')).toThrow(/recording\.json: not a recording of format 1\n[\s\S]*format/);
});

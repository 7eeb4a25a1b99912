import { App } from 'aws-cdk-lib';
import { readContext } from '../../bin/context';

const read = (context: Record<string, unknown>) => readContext(new App({ context }).node);

test('has a default for everything', () => {
  const context = read({});
  expect(context).toMatchObject({ version: '1.0.0', environment: {}, desiredCount: 2, image: undefined });
  expect(context.shift.description).toBe('shift of 10 % then the rest after 5 min');
  expect(context.bakeTime.toMinutes()).toBe(10);
});

test('reads what -c passes as text, and what cdk.json holds as values', () => {
  const context = read({
    version: 'v2',
    environment: '{"FAULT_LATENCY_MS":"200"}',
    shift: 'linear:20:1',
    desiredCount: '4',
    bakeMinutes: 0,
  });
  expect(context).toMatchObject({ version: 'v2', environment: { FAULT_LATENCY_MS: '200' }, desiredCount: 4 });
  expect(context.shift.duration.toMinutes()).toBe(4);
  expect(context.bakeTime.toMinutes()).toBe(0);
  expect(read({ environment: { A: 'b' } }).environment).toEqual({ A: 'b' });
  expect(read({ shift: 'all-at-once' }).shift.duration.toMinutes()).toBe(0);
});

test.each<[Record<string, unknown>, RegExp]>([
  [{ shift: 'canary' }, /context shift "canary": must be all-at-once, canary:<percent>:<minutes>/],
  [{ shift: 'canary:100:5' }, /context shift "canary:100:5"/],
  [{ shift: 'linear:10:0' }, /at least 1 minute/],
  [{ desiredCount: 'two' }, /context desiredCount "two": must be a whole number from 1 to 5000/],
  [{ desiredCount: '0' }, /desiredCount "0"/],
  [{ bakeMinutes: '-1' }, /context bakeMinutes "-1": must be a whole number from 0 to 2880/],
  [{ environment: 'A=b' }, /context environment "A=b": must be a JSON object of strings/],
  [{ environment: '["a"]' }, /context environment/],
  [{ environment: { A: 1 } }, /context environment \{"A":1\}/],
  [{ version: { a: 1 } }, /context version \{"a":1\}: must be text/],
  [{ approvalMinutes: '51' }, /approvalMinutes "51": must be a whole number from 1 to 50/],
  [{ approvalMinutes: '1981', engine: 'ecs' }, /approvalMinutes "1981": must be a whole number from 1 to 1980/],
  [{ approvalMinutes: '5', approvalEmail: 'me' }, /context approvalEmail "me": must be an address/],
  [{ approvalEmail: 'me@example.com' }, /context approvalEmail "me@example.com": .*set approvalMinutes too/],
  [{ certificateArn: 'abc' }, /context certificateArn "abc": must be the ARN of an ACM certificate/],
])('refuses %j in one clear error', (context, message) => {
  expect(() => read(context)).toThrow(message);
});

import { DescribeExecutionCommand, ListExecutionsCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { created, event, release, started, startedAs, states, world } from './world';

/** Lambda repeats an event whose invocation failed, when CloudFormation may wait for something else already. */

const urlAt = (time: string) => `http://127.0.0.1:${world.server.port}/response?X-Amz-Date=${time}&X-Amz-Signature=1`;
const update = () => event({ ResponseURL: urlAt('20260101T101500Z') });

/** Another request for the resource waits, which was made at `time`. */
async function anotherWaits(time: string): Promise<void> {
  await release(event({ RequestId: 'other', ResponseURL: urlAt(time) }));
  const [{ name, state } = { name: '', state: {} }] = startedAs('greenlight.wait');
  states.on(ListExecutionsCommand).resolves({ executions: [{ name, executionArn: 'other' }] as never });
  states
    .on(DescribeExecutionCommand, { executionArn: 'other' })
    .resolves({ status: 'SUCCEEDED', input: JSON.stringify(state) });
  states.resetHistory();
}

test('a repeated event does not end the wait of the rollback that came after it, and releases nothing', async () => {
  await anotherWaits('20260101T101512Z');
  const before = created().length;
  await release(update());
  expect(states.commandCalls(StopExecutionCommand)).toEqual([]);
  expect(created()).toHaveLength(before);
  expect(started()).toEqual([]);
  expect(world.responses).toEqual([]);
});

test.each([
  ['an earlier request', '20260101T101459Z'],
  ['a request of the same second', '20260101T101500Z'],
])('%s still loses its wait to a new one', async (_what, time) => {
  await anotherWaits(time);
  await release(update());
  expect(states.commandCalls(StopExecutionCommand).map(({ args: [{ input }] }) => input.executionArn)).toEqual([
    'other',
  ]);
  expect(started()).toHaveLength(1);
});

test('an event that is repeated after the stack has come to an end releases nothing', async () => {
  world.stackIsAtRest = true;
  await release(update());
  expect(created()).toEqual([]);
  expect(started()).toEqual([]);
  expect(world.responses).toEqual([]);
});

test.each(['RUNNING', 'SUCCEEDED'] as const)(
  'an event whose own wait is %s decides nothing again: what was rolled back meanwhile stays so',
  async (status) => {
    await release(update());
    const [{ name } = { name: '' }] = startedAs('greenlight.wait');
    states.on(DescribeExecutionCommand, { executionArn: `arn:aws:states:::waiter:${name}` }).resolves({ status });
    const before = [created().length, started().length];
    await release(update());
    expect([created().length, started().length]).toEqual(before);
    expect(world.responses).toEqual([]);
  },
);

test('an event whose invocation ended before it started its wait is handled again', async () => {
  await release(update());
  await release(update());
  expect(startedAs('greenlight.wait')).toHaveLength(2);
});

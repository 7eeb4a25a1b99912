import { eventsSince } from '../../../../rehearsal/runner/release/stacks';
import type { World } from '../../../../rehearsal/core/service';

/** A stack with as many events, newest first and a hundred to a page, as CloudFormation lists them. */
function worldWith(count: number): World {
  const events = Array.from({ length: count }, (_, index) => ({
    Timestamp: new Date(count - index),
    ResourceStatus: index === count - 1 ? 'CREATE_FAILED' : 'DELETE_COMPLETE',
  }));
  const call = (_principal: unknown, _prefix: string, _operation: string, input: { NextToken?: string }) => {
    const offset = Number(input.NextToken ?? 0);
    const more = offset + 100 < count ? { NextToken: String(offset + 100) } : {};
    return Promise.resolve({ StackEvents: events.slice(offset, offset + 100), ...more });
  };
  return { call } as unknown as World;
}

test.each([0, 1, 100, 101, 350])(
  'the report finds the first failure of a stack with %d events, however much was undone after it',
  async (count) => {
    const events = await eventsSince(worldWith(count), 'Shop', 0);
    expect(events).toHaveLength(count);
    expect(events[0]?.ResourceStatus).toBe(count === 0 ? undefined : 'CREATE_FAILED');
    expect(await eventsSince(worldWith(count), 'Shop', 101)).toHaveLength(Math.max(0, count - 100));
  },
);

test('a stack that is gone has none', async () => {
  const call = () => Promise.reject(new Error('Stack with id Shop does not exist'));
  expect(await eventsSince({ call } as unknown as World, 'Shop', 0)).toEqual([]);
});

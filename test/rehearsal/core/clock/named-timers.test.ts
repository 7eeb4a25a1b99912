import { NamedTimers, VirtualClock } from '../../../../rehearsal/core/clock';

function timers() {
  const clock = new VirtualClock();
  const fired: string[] = [];
  return { clock, fired, all: new NamedTimers<string>(clock, (name) => fired.push(name)) };
}

test('a timer that is set again fires once, in its new time', async () => {
  const { clock, fired, all } = timers();
  all.set('bake', 1_000);
  all.set('bake', 3_000);
  all.set('hook', 2_000);
  await clock.advance(2_500);
  expect(fired).toEqual(['hook']);
  await clock.advance(1_000);
  expect(fired).toEqual(['hook', 'bake']);
});

test('a timer that is cancelled does not fire, by its name or with all', async () => {
  const { clock, fired, all } = timers();
  for (const name of ['a', 'b', 'c']) all.set(name, 1_000);
  all.cancel('a');
  all.cancel('unknown');
  await clock.advance(500);
  all.set('d', 1_000);
  await clock.advance(600);
  expect(fired).toEqual(['b', 'c']);
  all.cancelAll();
  await clock.advance(2_000);
  expect(fired).toEqual(['b', 'c']);
});

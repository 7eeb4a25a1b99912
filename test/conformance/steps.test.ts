import { offeredOperations } from '../../tools/service-models';
import { allSteps, memberOf, resolved } from './steps';

test('the steps call every operation that the local AWS has', async () => {
  const offered = [...(await offeredOperations())].flatMap(([prefix, names]) =>
    names.map((name) => `${prefix}:${name}`),
  );
  const called = new Set(
    allSteps()
      .flat()
      .map(({ service, operation }) => `${service}:${operation}`),
  );
  expect([...called].sort()).toEqual(offered.sort());
});

test('members are found by path, by a value next to them, and in any case', () => {
  const output = { Stacks: [{ Name: 'a' }, { Name: 'b', id: 2 }] };
  expect(memberOf(output, 'stacks.0.name')).toBe('a');
  expect(memberOf(output, 'Stacks[Name=b].Id')).toBe(2);
  expect(memberOf(output, 'Stacks.5.Name')).toBeUndefined();
});

test('a reference to what no step captured is an error', () => {
  expect(resolved({ a: ['${x}'] }, { x: 1 })).toEqual({ a: [1] });
  expect(() => resolved('${y}', {})).toThrow('no step captured y');
});

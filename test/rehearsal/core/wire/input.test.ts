import { checkedInput } from '../../../../rehearsal/core/wire/input';
import shapes from '../../../../rehearsal/core/wire/input-shapes.json';
import { inputShapes } from '../../../../tools/input-shapes';

test("the shapes are those of AWS's own models, of every operation that the local AWS has", async () => {
  expect(shapes).toEqual(await inputShapes());
});

test('the error names the place, the value and what is expected; null is no value', () => {
  const check = (input: unknown) => checkedInput('ecs', 'UpdateService', input, 'json');
  expect(() => check({ service: 'web', desiredCount: '2' })).toThrow('desiredCount is "2": expected a number');
  expect(() => check({ loadBalancers: [{ containerPort: true }] })).toThrow(
    'loadBalancers[0].containerPort is true: expected a number',
  );
  expect(() => check({ loadBalancers: { targetGroupArn: 'x' } })).toThrow(
    'loadBalancers is {"targetGroupArn":"x"}: expected a list',
  );
  expect(() => check([])).toThrow('the input is []: expected a structure');
  expect(check({ service: null, unknown: [1], loadBalancers: [{ containerName: 'a', containerPort: null }] })).toEqual({
    unknown: [1],
    loadBalancers: [{ containerName: 'a' }],
  });
});

import { isHigh, shiftInterval } from './kayenta';

test('the interval and estimate of the published example', () => {
  expect(shiftInterval([10, 20, 30, 40], [1, 2, 3, 4], 0.95)).toEqual({ low: 6, high: 39, estimate: 22.5 });
});

test('high only beyond a quarter of the estimate', () => {
  const control = Array.from({ length: 20 }, (_, index) => 10 + (index % 5));
  expect(
    isHigh(
      control.map((value) => value * 3),
      control,
    ),
  ).toBe(true);
  expect(isHigh(control, control)).toBe(false);
});

import { decode, encode, type Reading } from '../../../../rehearsal/core/clock/reading';

const reading: Reading = {
  monotonicMs: 1,
  awsMs: 2,
  realMs: 3,
  patienceMs: 4,
  speed: 5,
  awsRate: 6,
  realRate: 7,
  patienceRate: 8,
};

test('what one process writes of its clock, another one reads', () => {
  expect(decode(encode(reading, 41, 4711))).toEqual({ reading, processId: 4711 });
});

test('a reading that is half written is not read', () => {
  const numbers = encode(reading, 41, 4711);
  numbers[0] = 42;
  expect(decode(numbers)).toBeUndefined();
});

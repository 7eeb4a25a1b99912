import fc from 'fast-check';
import { generatedName } from '../../../rehearsal/core/ids';

const name = (stackName: string, logicalId: string, lengthMax: number) =>
  generatedName({ stackName, logicalId }, 'ABCDEFGHIJKL', lengthMax);

test('a short name is whole', () => {
  expect(name('Shop', 'Cluster', 100)).toBe('Shop-Cluster-ABCDEFGHIJKL');
});

test('a long stack leaves half of the room to the logical id, and all that a short one does not need', () => {
  expect(name('S'.repeat(80), 'L'.repeat(80), 64)).toBe(`${'S'.repeat(25)}-${'L'.repeat(25)}-ABCDEFGHIJKL`);
  expect(name('S'.repeat(80), 'Web', 64)).toBe(`${'S'.repeat(47)}-Web-ABCDEFGHIJKL`);
  expect(name('Shop', 'L'.repeat(80), 64)).toBe(`Shop-${'L'.repeat(46)}-ABCDEFGHIJKL`);
});

test('no name is longer than its service takes', () => {
  const part = fc.string({ minLength: 1, maxLength: 200 });
  const lengths = fc.integer({ min: 32, max: 255 });
  fc.assert(fc.property(part, part, lengths, (stack, id, max) => name(stack, id, max).length <= max));
});

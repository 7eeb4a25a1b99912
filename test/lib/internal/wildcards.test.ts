import { Token } from 'aws-cdk-lib';
import fc from 'fast-check';
import { mayMatch, UNKNOWN } from '../../../lib/internal/wildcards';

const token = Token.asString({ Ref: 'Name' });

test.each<[string, string, boolean]>([
  ['/orders', '/orders', true],
  ['/orders', '/orders/1', false],
  ['/orders*', '/orders/1', true],
  ['/o?ders', '/orders', true],
  ['/o?ders', '/oders', false],
  ['/a.b', '/axb', false],
  ['*', '', true],
  ['?', '', false],
  ['\\*', '*', true],
  ['\\*', 'x', false],
  ['/orders/*', `/${UNKNOWN}`, true],
  ['/orders/*', `/shop/${UNKNOWN}`, false],
  ['/*/items', `/orders/${UNKNOWN}`, true],
  ['/orders/???', `/orders/${UNKNOWN}4`, true],
  [`/${token}/x`, '/shop/x', true],
  [`/${token}/x`, '/shop/y', false],
  ['/shop/*', `/${token}`, true],
  ['/shop/*', `/cart/${token}`, false],
])('%j and %j: %s', (pattern, text, expected) => {
  expect(mayMatch(pattern, text)).toBe(expected);
});

test('case counts unless it is ignored', () => {
  expect(mayMatch('*.Example.com', 'SHOP.example.COM')).toBe(false);
  expect(mayMatch('*.Example.com', 'SHOP.example.COM', { ignoreCase: true })).toBe(true);
});

test('decides about known text as a regular expression does', () => {
  const part = fc.constantFrom('a', 'b', '*', '?', '.', '/');
  const text = fc.array(fc.constantFrom('a', 'b', '.', '/')).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.array(part), text, (parts, value) => {
      const source = parts.map((each) => (each === '*' ? '.*' : each === '?' ? '.' : each.replace(/[./]/, '\\$&')));
      expect(mayMatch(parts.join(''), value)).toBe(new RegExp(`^${source.join('')}$`).test(value));
    }),
  );
});

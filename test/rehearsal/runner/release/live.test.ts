import { type LiveService, withShortNames } from '../../../../rehearsal/runner/release/live';

const names = (stackIds: readonly string[], ...paths: string[]) =>
  withShortNames(
    paths.map((name) => ({ name }) as LiveService),
    stackIds,
  ).map(({ name }) => name);

test('a service has the path of its construct in its stack, without what the CDK adds', () => {
  expect(names(['Shop', 'Prod/Shop'], 'Prod/Shop/Web/Service/Service', 'Shop/Api/Resource')).toEqual(['Web', 'Api']);
  expect(names(['Shop'], 'Shop/Service/Service', 'Other/Api/Service')).toEqual(['Service', 'Other/Api']);
});

test('of stacks with one path in another, the longest is the one of the service', () => {
  expect(names(['Prod', 'Prod/Shop', 'Prod/Shop2'], 'Prod/Shop/Web/Service', 'Prod/Api/Service')).toEqual([
    'Web',
    'Api',
  ]);
  expect(names(['Prod/Shop', 'Prod'], 'Prod/Shop/Web/Service')).toEqual(['Web']);
});

test('services of the same name in two stacks have their whole paths', () => {
  expect(names(['A', 'B'], 'A/Web/Service', 'B/Web/Service', 'B/Api/Service')).toEqual(['A/Web', 'B/Web', 'Api']);
});

import { faultSchema, TaskFault } from '../../../../rehearsal/core/injection/fault';
import { Injections } from '../../../../rehearsal/core/injection/injections';

const faulty = (given: object, urls: readonly string[]) => {
  const fault = new TaskFault(faultSchema.parse(given));
  return urls.map((url) => fault.effectOn(url)?.status ?? 'served');
};

test('every request of the path has the fault, others are served', () => {
  expect(faulty({ status: 503, path: '/orders' }, ['/', '/orders', '/orders/1?x=1', '/order'])).toEqual([
    'served',
    503,
    503,
    'served',
  ]);
});

test('a share of the requests has it, after those that are served well', () => {
  const statuses = faulty({ status: 500, percent: 40, afterRequests: 10 }, Array<string>(110).fill('/'));
  expect(statuses.slice(0, 10)).not.toContain(500);
  expect(statuses.filter((status) => status === 500)).toHaveLength(40);
});

test('it belongs to the tasks of its release: not to the version before, a rollback or the next release', () => {
  const injections = new Injections();
  injections.definitionRegistered('app:1');
  injections.begin(faultSchema.parse({ status: 500 }));
  injections.definitionRegistered('app:2');
  injections.begin(undefined);
  injections.definitionRegistered('app:3');
  const addresses = ['app:1', 'app:2', 'app:3'].map((definition, index) => {
    injections.taskStarted(definition, `10.0.0.${index}`);
    return `10.0.0.${index}`;
  });
  expect(addresses.map((address) => injections.at(address) !== undefined)).toEqual([false, true, false]);
  injections.taskStarted('app:2', '10.0.0.9')();
  expect(injections.at('10.0.0.9')).toBeUndefined();
});

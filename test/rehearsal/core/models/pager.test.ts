import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Ids } from '../../../../rehearsal/core/ids';
import { Pager } from '../../../../rehearsal/core/models/pager';
import { modelOf } from '../../../../rehearsal/core/models/table';

const PREFIXES = readdirSync(join(__dirname, '../../../../rehearsal/core/models/data')).map((name) =>
  name.slice(0, -5),
);

const LISTS = PREFIXES.flatMap((prefix) =>
  Object.entries(modelOf(prefix).operations).flatMap(([name, { page }]) => (page ? [{ prefix, name, page }] : [])),
);

type Values = Readonly<Record<string, unknown>>;

test('each list operation of each service gives each item once, in order, whatever the size of a page', () => {
  expect(LISTS.length).toBeGreaterThan(40);
  fc.assert(
    fc.property(
      fc.constantFrom(...LISTS),
      fc.array(fc.nat(), { maxLength: 30 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      ({ prefix, name, page }, values, first, later) => {
        const pager = new Pager(new Ids(1));
        const list = page.items[0] ?? '';
        const given: unknown[] = [];
        let token: unknown;
        for (let count = 0; count === 0 || token !== undefined; count++) {
          const limit = count === 0 ? first : later;
          const request = pager.open(prefix, name, {
            ...(page.limit && { [page.limit]: limit }),
            ...(token !== undefined && { [page.token]: token }),
          });
          const output = request.cut({ [list]: values }) as Values;
          const items = output[list] as unknown[];
          if (page.limit) expect(items.length).toBeLessThanOrEqual(limit);
          if (page.more) expect(output[page.more]).toBe(output[page.next] !== undefined);
          given.push(...items);
          token = output[page.next];
          expect(count).toBeLessThan(40);
        }
        expect(given).toEqual(values);
      },
    ),
  );
});

test('what comes between two pages is not given twice', () => {
  const pager = new Pager(new Ids(1));
  const first = pager.open('ecs', 'ListTasks', { maxResults: 2 }).cut({ taskArns: ['a', 'b', 'c'] }) as Values;
  const next = pager.open('ecs', 'ListTasks', { maxResults: 2, nextToken: first['nextToken'] });
  expect(next.cut({ taskArns: ['new', 'a', 'b', 'c'] })).toEqual({ taskArns: ['c'] });
});

test('alarms of all kinds count as one list', () => {
  const pager = new Pager(new Ids(1));
  const all = { MetricAlarms: [1, 2], CompositeAlarms: [3] };
  const first = pager.open('cloudwatch', 'DescribeAlarms', { MaxRecords: 2 }).cut(all) as Values;
  expect(first).toEqual({ MetricAlarms: [1, 2], CompositeAlarms: [], NextToken: expect.any(String) as string });
  const next = pager.open('cloudwatch', 'DescribeAlarms', { NextToken: first['NextToken'] }).cut(all);
  expect(next).toEqual({ MetricAlarms: [], CompositeAlarms: [3] });
});

test.each([
  ['logs', 'DescribeLogGroups', 'InvalidParameterException', 'The specified nextToken is invalid.'],
  ['codedeploy', 'ListDeployments', 'InvalidNextTokenException', 'The next token was specified in an invalid format.'],
  ['cloudformation', 'ListStacks', 'ValidationError', 'The specified NextToken is invalid.'],
])('%s:%s refuses a token that it did not give', (prefix, name, code, message) => {
  const { page } = modelOf(prefix).operations[name] ?? {};
  const open = () => new Pager(new Ids(1)).open(prefix, name, { [page?.token ?? '']: 'made-up' });
  expect(open).toThrow(expect.objectContaining({ code, message }) as Error);
});

import { describeRelease, readBreakGlass } from '../../../lambda/shared/break-glass';

test('a description carries it, and one without carries none', () => {
  const breakGlass = { Reason: 'outage of\ntoday [INC-1]', Allow: ['alarms', 'smoke'] } as const;
  expect(readBreakGlass(describeRelease('web', breakGlass))).toEqual({
    Reason: 'outage of today [INC-1]',
    Allow: ['alarms', 'smoke'],
  });
  for (const text of [undefined, '', describeRelease('web', undefined), 'break-glass [everything] now'])
    expect(readBreakGlass(text)).toBeUndefined();
  expect(describeRelease('web', { ...breakGlass, Reason: 'x'.repeat(500) }).length).toBeLessThanOrEqual(250);
});

import { evaluateQuery, type MetricDataQuery } from '../../../rehearsal/services/cloudwatch/metric-math';
import {
  type Datum,
  elbData,
  RequestMinute,
  requestData,
} from '../../../rehearsal/services/elasticloadbalancing/data-plane/minute';
import { newStack, ofType, serviceIn } from '../support';

/** What the 5xx alarms of one side see of a minute, as the load balancer reports it and CloudWatch evaluates it. */

const GRID = { startMs: 0, periodMs: 60_000, length: 1 };
const WHERE = { Dimensions: [], Timestamp: 0 };

const expressions = new Map<string, MetricDataQuery[]>();
beforeAll(() => {
  const stack = newStack();
  serviceIn(stack);
  for (const [id, { Properties }] of ofType(stack, 'AWS::CloudWatch::Alarm')) {
    const name = /(Blue|Green)5xx(Rate|Severe)/.exec(id)?.[0];
    if (name) expressions.set(name, Properties.Metrics as unknown as MetricDataQuery[]);
  }
});

interface Minute {
  readonly ok?: number;
  readonly errors?: number;
  readonly redirects?: number;
  readonly refusals?: number;
  readonly upgraded?: number;
  readonly reset?: number;
  readonly late?: number;
  readonly clientsGone?: number;
  readonly refused?: number;
}

function minuteOf(counts: Minute): { group: RequestMinute; balancer: RequestMinute } {
  const [group, balancer] = [new RequestMinute(), new RequestMinute()];
  const times = (count = 0, work: (minute: RequestMinute) => void) => {
    for (let index = 0; index < count; index++) for (const minute of [group, balancer]) work(minute);
  };
  times(counts.ok, (minute) => minute.targetResponded(200, 5));
  times(counts.redirects, (minute) => minute.targetResponded(302, 5));
  times(counts.refusals, (minute) => minute.targetResponded(404, 5));
  times(counts.errors, (minute) => minute.targetResponded(500, 5));
  times(counts.upgraded, (minute) => minute.targetResponded(101, 5));
  times(counts.reset, (minute) => minute.madeUp(502, true));
  times(counts.late, (minute) => minute.madeUp(504, true));
  times(counts.clientsGone, (minute) => minute.madeUp(460, true));
  times(counts.refused, (minute) => {
    minute.connectionErrors += 1;
    minute.madeUp(502, true);
  });
  return { group, balancer };
}

/** @param elsewhere the load balancer's own responses in the place of targets of other groups */
function rateOf(name: string, counts: Minute, elsewhere: Minute = {}): number | undefined {
  const { group, balancer } = minuteOf(counts);
  for (const [code, count] of minuteOf(elsewhere).balancer.elbCodes)
    balancer.elbCodes.set(code, (balancer.elbCodes.get(code) ?? 0) + count);
  const ofGroup = requestData(group, WHERE);
  const ofBalancer = elbData(balancer, WHERE);
  const queries = expressions.get(name) ?? [];
  const expression = queries.find(({ Expression }) => Expression !== undefined)?.Id ?? '';
  const [rate] = evaluateQuery(expression, queries, GRID, ({ Metric }) => {
    const dimensions = (Metric as unknown as { Dimensions: { Name: string }[] }).Dimensions;
    const data: Datum[] = dimensions.some(({ Name }) => Name === 'TargetGroup') ? ofGroup : ofBalancer;
    return [data.find(({ MetricName }) => MetricName === Metric.MetricName)?.Value];
  });
  return rate;
}

describe.each(['Blue5xxRate', 'Blue5xxSevere', 'Green5xxRate', 'Green5xxSevere'])('%s', (name) => {
  test.each<[string, Minute, number]>([
    ['good responses of all kinds', { ok: 60, redirects: 20, refusals: 20 }, 0],
    ['errors of the service', { ok: 80, errors: 20 }, 20],
    ['a service that accepts connections and resets every second one', { ok: 50, reset: 50 }, 50],
    ['a service that resets all of them', { reset: 100 }, 100],
    ['a service that hangs', { ok: 75, late: 25 }, 25],
    ['a service that refuses connections', { ok: 90, refused: 10 }, 10],
    ['everything at once', { ok: 60, errors: 10, reset: 10, late: 10, refused: 10 }, 40],
    ['clients that go away', { ok: 50, clientsGone: 50 }, 0],
    ['WebSockets', { ok: 50, upgraded: 50 }, 0],
    ['too few requests to say anything', { ok: 1, reset: 8 }, 0],
  ])('the rate of %s is what users lose', (_name, counts, expected) => {
    expect(rateOf(name, counts)).toBeCloseTo(expected, 9);
  });

  test('what other services behind the load balancer, or the other side, lose is not this side’s', () => {
    expect(rateOf(name, { ok: 100 }, { reset: 100 })).toBe(0);
    expect(rateOf(name, { ok: 90, reset: 10 }, { reset: 100, late: 50 })).toBeCloseTo(10, 9);
  });
});

/** What one minute of requests adds up to, for one load balancer or one target group. */
export class RequestMinute {
  requestCount = 0;
  /** By the first digit of the target's status. */
  readonly targetCodes = [0, 0, 0, 0, 0, 0];
  /** Status codes that the load balancer itself made up. */
  readonly elbCodes = new Map<number, number>();
  connectionErrors = 0;
  /** Seconds, rounded to three significant digits, and how often: percentiles need the values. */
  readonly responseSeconds = new Map<number, number>();

  /** A target responded. @param latencyMs real milliseconds from the request sent to its response headers */
  targetResponded(status: number, latencyMs: number): void {
    this.requestCount += 1;
    const codeClass = Math.floor(status / 100);
    this.targetCodes[codeClass] = (this.targetCodes[codeClass] ?? 0) + 1;
    const seconds = threeDigits(latencyMs / 1000);
    this.responseSeconds.set(seconds, (this.responseSeconds.get(seconds) ?? 0) + 1);
  }

  /** The load balancer responded. @param chosen whether it had chosen a target: only then AWS counts a request */
  madeUp(status: number, chosen: boolean): void {
    if (chosen) this.requestCount += 1;
    this.elbCodes.set(status, (this.elbCodes.get(status) ?? 0) + 1);
  }
}

const powers = Array.from({ length: 16 }, (_, index) => 10 ** index);

function threeDigits(value: number): number {
  if (value <= 0) return 0;
  const digits = Math.min(15, Math.max(0, 2 - Math.floor(Math.log10(value))));
  const scale = powers[digits] ?? 1;
  return Math.round(value * scale) / scale;
}

export interface Datum {
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
  /** Seconds since the epoch, the start of the minute, as awsJson has timestamps. */
  readonly Timestamp: number;
  readonly Unit: 'Count' | 'Seconds';
  readonly Value?: number;
  readonly Values?: readonly number[];
  readonly Counts?: readonly number[];
}

/** PutMetricData takes 150 distinct values a datum. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
const VALUES_A_DATUM = 150;

type Where = Pick<Datum, 'Dimensions' | 'Timestamp'>;

/**
 * A minute's metrics as ELB reports them: nothing for what did not happen.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export function requestData(minute: RequestMinute, where: Where): Datum[] {
  return [
    ...count('RequestCount', minute.requestCount, where),
    ...minute.targetCodes.flatMap((sum, digit) =>
      digit < 2 ? [] : count(`HTTPCode_Target_${digit}XX_Count`, sum, where),
    ),
    ...count('TargetConnectionErrorCount', minute.connectionErrors, where),
    ...distribution('TargetResponseTime', minute.responseSeconds, 'Seconds', where),
  ];
}

/** What the load balancer responded by itself; these have no target group dimension. */
export function elbData(minute: RequestMinute, where: Where): Datum[] {
  const sum = (low: number, high: number) =>
    [...minute.elbCodes].reduce((total, [code, times]) => (code >= low && code <= high ? total + times : total), 0);
  return [
    ...count('HTTPCode_ELB_3XX_Count', sum(300, 399), where),
    ...count('HTTPCode_ELB_4XX_Count', sum(400, 499), where),
    ...count('HTTPCode_ELB_5XX_Count', sum(500, 599), where),
    ...[500, 502, 503, 504].flatMap((code) => count(`HTTPCode_ELB_${code}_Count`, sum(code, code), where)),
  ];
}

/** A number that was sampled through the minute, such as the healthy hosts. */
export function sampled(name: string, samples: ReadonlyMap<number, number>, where: Where): Datum[] {
  return distribution(name, samples, 'Count', where);
}

function count(name: string, sum: number, where: Where): Datum[] {
  return sum === 0 ? [] : [{ MetricName: name, ...where, Unit: 'Count', Value: sum }];
}

function distribution(name: string, values: ReadonlyMap<number, number>, unit: Datum['Unit'], where: Where): Datum[] {
  const pairs = [...values];
  return Array.from({ length: Math.ceil(pairs.length / VALUES_A_DATUM) }, (_, index) => {
    const part = pairs.slice(index * VALUES_A_DATUM, (index + 1) * VALUES_A_DATUM);
    return {
      MetricName: name,
      ...where,
      Unit: unit,
      Values: part.map(([value]) => value),
      Counts: part.map(([, times]) => times),
    };
  });
}

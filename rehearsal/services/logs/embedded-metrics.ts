/**
 * Metrics embedded in a log event. Pure.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */

export interface EmbeddedMetrics {
  readonly Namespace: string;
  readonly MetricData: readonly EmbeddedDatum[];
}

export interface EmbeddedDatum {
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
  readonly Values: readonly number[];
  readonly Unit: string;
  /** Epoch seconds. */
  readonly Timestamp: number;
}

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string; readonly Unit?: string }[];
}

type Root = Readonly<Record<string, unknown>>;

/** "A DimensionSet MUST contain 30 or less", "each value array MUST NOT have more than 100 elements". */
const DIMENSIONS_MAX = 30;
const VALUES_MAX = 100;

/** @returns nothing for an event that is no embedded metric, or a wrong one: CloudWatch keeps such a line as a log event */
export function embeddedMetrics(message: string): readonly EmbeddedMetrics[] {
  if (!message.startsWith('{') || !message.includes('"_aws"')) return [];
  const root = parse(message);
  const metadata = root?._aws as { readonly Timestamp?: unknown; readonly CloudWatchMetrics?: unknown } | undefined;
  if (!root || typeof metadata?.Timestamp !== 'number' || !Array.isArray(metadata.CloudWatchMetrics)) return [];
  const seconds = metadata.Timestamp / 1000;
  return metadata.CloudWatchMetrics.filter(isDirective).map((directive) => ({
    Namespace: directive.Namespace,
    MetricData: directive.Metrics.flatMap((metric) => dataOf(root, directive, metric, seconds)),
  }));
}

/** One datum a dimension set. A metric or dimension without a member of the root is left out. */
function dataOf(root: Root, directive: Directive, metric: Directive['Metrics'][number], Timestamp: number) {
  const value = root[metric.Name];
  const Values = (Array.isArray(value) ? (value as unknown[]) : [value]).filter((it) => typeof it === 'number');
  if (Values.length === 0 || Values.length > VALUES_MAX) return [];
  return directive.Dimensions.flatMap((names): EmbeddedDatum[] => {
    const Dimensions = names.flatMap((Name) => {
      const of = root[Name];
      return typeof of === 'string' ? [{ Name, Value: of }] : [];
    });
    if (Dimensions.length !== names.length || names.length > DIMENSIONS_MAX) return [];
    return [{ MetricName: metric.Name, Dimensions, Values, Unit: metric.Unit ?? 'None', Timestamp }];
  });
}

function isDirective(value: unknown): value is Directive {
  const { Namespace, Dimensions, Metrics } = (value ?? {}) as Partial<Directive>;
  return typeof Namespace === 'string' && Array.isArray(Dimensions) && Array.isArray(Metrics);
}

function parse(text: string): Root | undefined {
  try {
    return JSON.parse(text) as Root;
  } catch {
    return undefined;
  }
}

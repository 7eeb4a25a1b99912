import { AwsError } from '../../core/service';
import type { HealthCheck, LoadBalancer, Protocol } from './state';
import { type Scalar, integer, invalid, oneOf } from './values';

/** Health check settings by the names that the API and templates share. */
export interface HealthCheckInput {
  readonly HealthCheckProtocol?: string;
  readonly HealthCheckPort?: Scalar;
  readonly HealthCheckPath?: string;
  readonly HealthCheckIntervalSeconds?: Scalar;
  readonly HealthCheckTimeoutSeconds?: Scalar;
  readonly HealthyThresholdCount?: Scalar;
  readonly UnhealthyThresholdCount?: Scalar;
  readonly Matcher?: { readonly HttpCode?: Scalar };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html#health-check-settings */
export const defaultHealthCheck: HealthCheck = {
  protocol: 'HTTP',
  port: 'traffic-port',
  path: '/',
  intervalMs: 30_000,
  timeoutMs: 5_000,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
  matcher: '200',
};

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html#health-check-settings */
const networkHealthCheck: HealthCheck = {
  ...defaultHealthCheck,
  protocol: 'TCP',
  timeoutMs: 10_000,
  matcher: '200-399',
};

/**
 * UDP and QUIC are not rehearsed.
 * @throws AwsError ValidationError for a protocol that the type of load balancer does not have
 */
export function listenerProtocol(
  { type }: Pick<LoadBalancer, 'type'>,
  given: string | undefined,
  fallback: Protocol,
): Protocol {
  const protocols: readonly Protocol[] = type === 'network' ? ['TCP', 'TLS'] : ['HTTP', 'HTTPS'];
  return oneOf('Protocol', given, protocols, fallback);
}

/** What a target group has where nobody says otherwise. */
export function healthCheckFor(protocol: Protocol): HealthCheck {
  return protocol === 'TCP' || protocol === 'TLS' ? networkHealthCheck : defaultHealthCheck;
}

/** @param base settings that stay where the input says nothing @throws AwsError ValidationError */
export function parseHealthCheck(input: HealthCheckInput, base: HealthCheck = defaultHealthCheck): HealthCheck {
  const seconds = (name: keyof HealthCheckInput, min: number, max: number, fallbackMs: number) =>
    integer(name, input[name] as Scalar | undefined, min, max, fallbackMs / 1000) * 1000;
  const check: HealthCheck = {
    protocol: oneOf('HealthCheckProtocol', input.HealthCheckProtocol, ['HTTP', 'HTTPS', 'TCP'], base.protocol),
    port: parseHealthPort(input.HealthCheckPort, base.port),
    path: input.HealthCheckPath ?? base.path,
    intervalMs: seconds('HealthCheckIntervalSeconds', 5, 300, base.intervalMs),
    timeoutMs: seconds('HealthCheckTimeoutSeconds', 2, 120, base.timeoutMs),
    healthyThreshold: integer('HealthyThresholdCount', input.HealthyThresholdCount, 2, 10, base.healthyThreshold),
    unhealthyThreshold: integer(
      'UnhealthyThresholdCount',
      input.UnhealthyThresholdCount,
      2,
      10,
      base.unhealthyThreshold,
    ),
    matcher: parseMatcher(input.Matcher?.HttpCode, base.matcher),
  };
  if (check.timeoutMs >= check.intervalMs) throw invalid('Health check interval must be greater than the timeout.');
  if (!check.path.startsWith('/')) throw invalid(`Health check path '${check.path}' must begin with a '/' character`);
  return check;
}

function parseHealthPort(value: Scalar | undefined, fallback: string): string {
  if (value === undefined) return fallback;
  return value === 'traffic-port' ? value : String(integer('HealthCheckPort', value, 1, 65_535));
}

function parseMatcher(value: Scalar | undefined, fallback: string): string {
  if (value === undefined) return fallback;
  const matcher = String(value);
  const codes = matcher.split(/[,-]/).map(Number);
  const wellFormed = /^\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*$/.test(matcher);
  if (!wellFormed || codes.some((code) => code < 200 || code > 499)) {
    throw invalid(`Health check matcher HTTP code '${matcher}' must be within '200-499' inclusive`);
  }
  return matcher;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html */
export const groupAttributes: Readonly<Record<string, string>> = {
  'deregistration_delay.timeout_seconds': '300',
  'load_balancing.algorithm.type': 'round_robin',
  'load_balancing.cross_zone.enabled': 'use_load_balancer_configuration',
  'slow_start.duration_seconds': '0',
  'stickiness.enabled': 'false',
  'stickiness.type': 'lb_cookie',
  'stickiness.lb_cookie.duration_seconds': '86400',
};

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html */
export const loadBalancerAttributes: Readonly<Record<string, string>> = {
  'access_logs.s3.enabled': 'false',
  'access_logs.s3.bucket': '',
  'access_logs.s3.prefix': '',
  'deletion_protection.enabled': 'false',
  'idle_timeout.timeout_seconds': '60',
  'client_keep_alive.seconds': '3600',
  'routing.http2.enabled': 'true',
  'routing.http.desync_mitigation_mode': 'defensive',
  'routing.http.drop_invalid_header_fields.enabled': 'false',
  'routing.http.preserve_host_header.enabled': 'false',
  'routing.http.xff_header_processing.mode': 'append',
};

/** Milliseconds of an attribute that is in seconds. @throws AwsError ValidationError */
export function attributeMs(attributes: Readonly<Record<string, string>>, key: string, max: number): number {
  return integer(key, attributes[key], 0, max) * 1000;
}

/** @throws AwsError ValidationError when the name does not fit AWS's rule for load balancers and target groups */
export function checkName(name: string): string {
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/.test(name)) {
    throw new AwsError(
      'ValidationError',
      `name '${name}' must have 1 to 32 alphanumeric characters or hyphens and must not begin or end with a hyphen`,
    );
  }
  return name;
}

/** Hosted zones of ALB names. https://docs.aws.amazon.com/general/latest/gr/elb.html */
const hostedZones: Readonly<Record<string, string>> = {
  'us-east-1': 'Z35SXDOTRQ7X7K',
  'us-east-2': 'Z3AADJGX6KTTL2',
  'us-west-1': 'Z368ELLRRE2KJ0',
  'us-west-2': 'Z1H1FL5HABSF5',
  'eu-west-1': 'Z32O12XQLNTSW2',
  'eu-central-1': 'Z215JYRZR1TBD5',
  'ap-northeast-1': 'Z14GRHDCWA56QT',
  'ap-southeast-1': 'Z1LMS91P8CMLE5',
  'ap-southeast-2': 'Z1GM3OXH4ZPM65',
};

export function hostedZoneId(region: string): string {
  return hostedZones[region] ?? 'Z35SXDOTRQ7X7K';
}

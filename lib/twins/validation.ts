import { Duration, Stack, Token } from 'aws-cdk-lib';
import { CfnListener, CfnListenerRule, type HealthCheck, Protocol } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct, IConstruct } from 'constructs';
import { areHealthCodes } from '../../lambda/live-route/types';
import type { ListenerSettings } from './service-listener';
import type { TwinEnvironmentsAttributes, TwinEnvironmentsProps } from './twin-environments-props';
import { durationProblem, numberProblem, refuseAll } from '../internal/validate';

const PORT = { min: 1, max: 65535, whole: true };
const THRESHOLD = { min: 2, max: 10, whole: true };
/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html */
const PRIORITY = { min: 1, max: 50_000, whole: true };

/** @throws Error with every problem of the props */
export function validateTwins(scope: Construct, props: TwinEnvironmentsProps, listener: ListenerSettings): void {
  refuseAll(scope, [
    numberProblem('containerPort', props.containerPort, PORT),
    ...portProblems(listener),
    ...healthCheckProblems(props.healthCheck ?? {}),
    durationProblem('deregistrationDelay', props.deregistrationDelay ?? Duration.seconds(30), {
      minSeconds: 0,
      maxSeconds: 3600,
    }),
    ...ruleProblems(listener),
    hostProblem('listener.domainName', listener.domainName),
  ]);
}

type Problems = (string | undefined)[];

function portProblems({ port, testPort, redirectHTTP, ...listener }: ListenerSettings): Problems {
  return [
    port === undefined ? undefined : numberProblem('listener.port', port, PORT),
    testPort === undefined ? undefined : numberProblem('listener.testPort', testPort, PORT),
    samePortProblem({ port, testPort, ...listener }),
    redirectHTTP && !listener.certificate
      ? 'listener.redirectHTTP: there is no HTTPS listener to redirect to: set listener.certificate'
      : undefined,
    redirectHTTP && port === 80
      ? 'listener.redirectHTTP: listener.port 80 is the port that would redirect: leave listener.port out to get 443'
      : undefined,
  ];
}

/** With the defaults: a production port of 9080 is the default test port. */
function samePortProblem({ port, testPort, certificate, existing, testRule }: ListenerSettings): string | undefined {
  const production = port ?? (certificate ? 443 : 80);
  const test = testPort ?? (certificate ? 9443 : 9080);
  if (existing || testRule || production !== test || Token.isUnresolved(test)) return undefined;
  return `listener.testPort ${test}: is the production port too: choose another port for the test listener`;
}

/** @throws Error with everything that is wrong with twins that exist */
export function validateImportedTwins(scope: Construct, attributes: TwinEnvironmentsAttributes): void {
  const { productionPort, testPort } = attributes;
  refuseAll(scope, [
    productionPort === undefined ? undefined : numberProblem('productionPort', productionPort, PORT),
    testPort === undefined ? undefined : numberProblem('testPort', testPort, PORT),
    hostProblem('domainName', attributes.domainName),
    attributes.blue === attributes.green ? 'blue and green are one target group: a pair needs two' : undefined,
    attributes.productionListener === attributes.testListener
      ? 'testListener is the production listener: only the gate may reach green before the shift: use another listener'
      : undefined,
  ]);
}

function healthCheckProblems(check: HealthCheck): Problems {
  const interval = check.interval ?? Duration.seconds(10);
  return [
    numberProblem('healthCheck.healthyThresholdCount', check.healthyThresholdCount ?? 2, THRESHOLD),
    numberProblem('healthCheck.unhealthyThresholdCount', check.unhealthyThresholdCount ?? 2, THRESHOLD),
    durationProblem('healthCheck.interval', interval, { minSeconds: 5, maxSeconds: 300 }),
    check.timeout &&
      durationProblem('healthCheck.timeout', check.timeout, {
        minSeconds: 2,
        maxSeconds: Math.min(120, interval.isUnresolved() ? 120 : interval.toSeconds() - 1),
        remedy: 'it must be shorter than the interval',
      }),
    pathProblem(check.path),
    codesProblem(check.healthyHttpCodes),
    ...fixedProblems(check),
  ];
}

/** Target groups of IP addresses cannot do without a health check, and the gate checks the port that serves, in plain HTTP. */
function fixedProblems({ enabled, port, protocol, healthyGrpcCodes }: HealthCheck): Problems {
  return [
    enabled === false
      ? 'healthCheck.enabled false: a target group of tasks always has a health check: leave healthCheck.enabled out'
      : undefined,
    port === undefined || port === 'traffic-port'
      ? undefined
      : `healthCheck.port '${port}': must be the port that serves, as the gate sends its requests there: leave healthCheck.port out`,
    protocol === undefined || protocol === Protocol.HTTP
      ? undefined
      : `healthCheck.protocol ${protocol}: must be HTTP, which the container speaks: leave healthCheck.protocol out`,
    healthyGrpcCodes === undefined
      ? undefined
      : `healthCheck.healthyGrpcCodes '${healthyGrpcCodes}': the container speaks HTTP/1.1: set healthCheck.healthyHttpCodes`,
  ];
}

function codesProblem(codes: string | undefined): string | undefined {
  if (codes === undefined || Token.isUnresolved(codes) || areHealthCodes(codes)) return undefined;
  return `healthCheck.healthyHttpCodes '${codes}': must be status codes from 200 to 499, such as 200, 200,204 or 200-299`;
}

function ruleProblems({ existing, loadBalancer, conditions, priority, testRule }: ListenerSettings): Problems {
  return [
    existing && !loadBalancer
      ? 'listener.loadBalancer: the listener is imported, and its load balancer is not known: set loadBalancer'
      : undefined,
    (existing ?? testRule) && !conditions?.length
      ? `listener.${existing ? 'conditions' : 'testRule.conditions'} is empty: say which requests are for the service: a host or a path`
      : undefined,
    existing && testRule?.listener === existing
      ? 'listener.testRule.listener is the production listener: only the gate may reach green before the shift: use another listener'
      : undefined,
    priority === undefined ? undefined : numberProblem('listener.priority', priority, PRIORITY),
    testRule && numberProblem('listener.testRule.priority', testRule.priority, PRIORITY),
  ];
}

function hostProblem(prop: string, name: string | undefined): string | undefined {
  if (name === undefined || Token.isUnresolved(name) || /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(name)) return undefined;
  return `${prop} '${name}': must be only a host name, without scheme, port and path: shop.example.com`;
}

function pathProblem(path: string | undefined): string | undefined {
  if (path === undefined || path.startsWith('/') || Token.isUnresolved(path)) return undefined;
  return `healthCheck.path '${path}': must begin with '/'`;
}

/**
 * What only the whole app shows: a rule whose priority another rule of the listener has, and a listener whose port
 * another listener of the load balancer has. Both would fail in the middle of a deployment.
 */
export function clashes(twins: IConstruct): string[] {
  const all = twins.node.root.node.findAll();
  const rules = all.filter((each): each is CfnListenerRule => each instanceof CfnListenerRule);
  const listeners = all.filter((each): each is CfnListener => each instanceof CfnListener);
  return [
    ...pairsOf(twins, rules, (rule) => ({ arn: rule.listenerArn, number: rule.priority })).map(
      ([own, other]) =>
        `priority ${own.priority} on the listener: ${other.node.path} has it too, and each rule needs its own from 1 to 50000: choose another`,
    ),
    ...pairsOf(twins, listeners, ({ loadBalancerArn: arn, port: number }) => ({ arn, number })).map(
      ([own, other]) =>
        `port ${own.port} of the load balancer: ${other.node.path} listens there, and a port has one listener: ` +
        'set listener.port or listener.testPort, or use that listener with ServiceListener.onListener or testRule',
    ),
  ];
}

interface Place {
  readonly arn: string | undefined;
  readonly number: number | undefined;
}

/** Each of the twins' own with another at the same place. Few have the same number, so few ARNs are resolved. */
function pairsOf<T extends IConstruct>(twins: IConstruct, all: T[], placeOf: (each: T) => Place): [T, T][] {
  const own = all.filter((each) => each.node.scopes.includes(twins));
  return own.flatMap((each): [T, T][] => {
    const place = placeOf(each);
    const other = all.find((one) => {
      const its = placeOf(one);
      return one !== each && its.number === place.number && sameArn([each, place.arn], [one, its.arn]);
    });
    return other ? [[each, other]] : [];
  });
}

/** References hold within one stack; an ARN that is text is the same everywhere. */
function sameArn(...arns: readonly (readonly [IConstruct, string | undefined])[]): boolean {
  const keys = arns.map(([construct, arn]) => {
    const stack = Stack.of(construct);
    const resolved: unknown = stack.resolve(arn);
    return `${typeof resolved === 'string' ? '' : stack.node.path} ${JSON.stringify(resolved)}`;
  });
  return new Set(keys).size === 1;
}

import { Duration, Stack, Token } from 'aws-cdk-lib';
import { CfnListener, CfnListenerRule } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct, IConstruct } from 'constructs';
import { areHealthCodes } from '../../lambda/live-route/types';
import type { TwinEnvironmentsAttributes } from './twin-environments-props';
import type { TwinEnvironmentsProps } from './twin-environments-props';
import { durationProblem, numberProblem, refuseAll } from '../internal/validate';

const PORT = { min: 1, max: 65535, whole: true };
const THRESHOLD = { min: 2, max: 10, whole: true };
/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html */
const PRIORITY = { min: 1, max: 50_000, whole: true };

/** @throws Error with everything that is wrong with the props */
export function validateTwins(scope: Construct, props: TwinEnvironmentsProps): void {
  refuseAll(scope, [...portProblems(props), ...healthCheckProblems(props), ...listenerProblems(props)]);
}

type Problems = (string | undefined)[];

function portProblems(props: TwinEnvironmentsProps): Problems {
  return [
    numberProblem('port', props.port, PORT),
    props.productionPort === undefined ? undefined : numberProblem('productionPort', props.productionPort, PORT),
    props.testPort === undefined ? undefined : numberProblem('testPort', props.testPort, PORT),
    samePortProblem(props),
    props.redirectHttp && !props.certificate
      ? 'redirectHttp: there is no HTTPS listener to redirect to: set certificate'
      : undefined,
    props.redirectHttp && props.productionPort === 80
      ? 'redirectHttp: productionPort 80 is the port that would redirect: leave productionPort out to get 443'
      : undefined,
  ];
}

/** With the defaults: a production port of 9080 is the default test port. */
function samePortProblem(props: TwinEnvironmentsProps): string | undefined {
  const production = props.productionPort ?? (props.certificate ? 443 : 80);
  const test = props.testPort ?? (props.certificate ? 9443 : 9080);
  if (props.productionListener || props.testListener || production !== test || Token.isUnresolved(test))
    return undefined;
  return `testPort ${test}: is the production port too: choose another port for the test listener`;
}

/** @throws Error with everything that is wrong with twins that exist */
export function validateImportedTwins(scope: Construct, attributes: TwinEnvironmentsAttributes): void {
  const { productionPort, testPort } = attributes;
  refuseAll(scope, [
    productionPort === undefined ? undefined : numberProblem('productionPort', productionPort, PORT),
    testPort === undefined ? undefined : numberProblem('testPort', testPort, PORT),
    hostProblem(attributes.domainName),
    attributes.blue === attributes.green ? 'blue and green are one target group: a pair needs two' : undefined,
    attributes.productionListener === attributes.testListener
      ? 'testListener is the production listener: the candidate must be reachable for the gate alone: use another listener'
      : undefined,
  ]);
}

function healthCheckProblems(props: TwinEnvironmentsProps): Problems {
  const interval = props.healthCheckInterval ?? Duration.seconds(10);
  return [
    numberProblem('healthyThresholdCount', props.healthyThresholdCount ?? 2, THRESHOLD),
    numberProblem('unhealthyThresholdCount', props.unhealthyThresholdCount ?? 2, THRESHOLD),
    durationProblem('healthCheckInterval', interval, { minSeconds: 5, maxSeconds: 300 }),
    props.healthCheckTimeout &&
      durationProblem('healthCheckTimeout', props.healthCheckTimeout, {
        minSeconds: 2,
        maxSeconds: Math.min(120, interval.isUnresolved() ? 120 : interval.toSeconds() - 1),
        remedy: 'it must be shorter than the interval',
      }),
    durationProblem('deregistrationDelay', props.deregistrationDelay ?? Duration.seconds(30), {
      minSeconds: 0,
      maxSeconds: 3600,
    }),
    pathProblem(props.healthCheckPath),
    codesProblem(props.healthCheckCodes),
    hostProblem(props.domainName),
  ];
}

function codesProblem(codes: string | undefined): string | undefined {
  if (codes === undefined || Token.isUnresolved(codes) || areHealthCodes(codes)) return undefined;
  return `healthCheckCodes '${codes}': must be status codes from 200 to 499, such as 200, 200,204 or 200-299`;
}

function listenerProblems(props: TwinEnvironmentsProps): Problems {
  const { productionListener, testListener, conditions, priority, testPriority } = props;
  const existing = productionListener ?? testListener;
  return [
    existing && !props.loadBalancer
      ? 'an existing listener without loadBalancer: set the load balancer that it belongs to'
      : undefined,
    existing && !conditions?.length
      ? 'an existing listener without conditions: what of its requests is the service for? Set conditions: a host or a path'
      : undefined,
    productionListener && priority === undefined
      ? 'productionListener without priority: set the priority of the rule, which no other rule of the listener has'
      : undefined,
    testListener && (testPriority ?? priority) === undefined
      ? 'testListener without testPriority: set the priority of the rule on it'
      : undefined,
    !existing && (conditions ?? priority ?? testPriority) !== undefined
      ? 'conditions, priority and testPriority are for rules of a listener that exists: set productionListener or testListener, or leave them out'
      : undefined,
    productionListener && props.open !== undefined
      ? 'open is for a production listener of its own: leave open out, or let clients in on the listener that exists'
      : undefined,
    props.loadBalancer && props.internetFacing !== undefined
      ? 'internetFacing is for a new load balancer: leave internetFacing out, or loadBalancer'
      : undefined,
    productionListener && props.certificate
      ? 'productionListener and certificate: an existing listener has its certificates: leave certificate out, or call addCertificates() on the listener'
      : undefined,
    productionListener && testListener === productionListener
      ? 'testListener is the production listener: the candidate must be reachable for the gate alone: use another listener'
      : undefined,
    priority === undefined ? undefined : numberProblem('priority', priority, PRIORITY),
    testPriority === undefined ? undefined : numberProblem('testPriority', testPriority, PRIORITY),
  ];
}

function hostProblem(name: string | undefined): string | undefined {
  if (name === undefined || Token.isUnresolved(name) || /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(name)) return undefined;
  return `domainName '${name}': must be a host name alone, with neither scheme, port nor path: shop.example.com`;
}

function pathProblem(path: string | undefined): string | undefined {
  if (path === undefined || path.startsWith('/') || Token.isUnresolved(path)) return undefined;
  return `healthCheckPath '${path}': must begin with '/'`;
}

/**
 * What only the whole app tells: a rule whose priority another rule of the listener has, and a listener whose port
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
        'set productionPort or testPort, or pass that listener as productionListener or testListener',
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
    const other = all.find((candidate) => {
      const its = placeOf(candidate);
      return candidate !== each && its.number === place.number && sameArn([each, place.arn], [candidate, its.arn]);
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

import { Lazy, Names, Stack, Tokenization } from 'aws-cdk-lib';
import type { CfnTargetGroup, IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { type CustomCheckSettings, GateEnvironment, type LiveSides } from '../../lambda/gate/types';
import type { CustomCheck } from './custom-check';
import { alarmsOf, type ReleaseGateProps } from './release-gate-props';
import type { LifecycleEvent } from './lifecycle-event';
import { TwinEnvironments } from '../twins/twin-environments';
import { healthCheckOf } from '../twins/update-guard';

export interface GateFunctionSettings {
  readonly serviceName: string;
  /** Of the metrics; `stackPathOf` makes it. */
  readonly stackPath: string;
  readonly event: LifecycleEvent;
  /** Whether the production listener is under test, not the test listener. */
  readonly production: boolean;
  readonly timeoutSeconds: number;
  readonly bakeSeconds: number;
  readonly customChecks: readonly CustomCheck[];
}

/** The environment of one gate function. */
export function gateEnvironment(
  scope: Construct,
  props: ReleaseGateProps,
  settings: GateFunctionSettings,
): { [name: string]: string } {
  const { twins } = props;
  const json = (value: unknown) => Stack.of(scope).toJsonString(value);
  // Imported twins do not have it, and the preflight needs none where the rule takes other requests: it then asks only the
  // load balancer.
  const healthPath = twins instanceof TwinEnvironments ? twins._healthPath : undefined;
  return {
    [GateEnvironment.serviceName]: settings.serviceName,
    [GateEnvironment.stack]: settings.stackPath,
    [GateEnvironment.lifecycleEvent]: settings.event,
    [GateEnvironment.targetUrl]: settings.production ? twins.productionUrl : twins.testUrl,
    ...(!settings.production && { [GateEnvironment.liveUrl]: twins.productionUrl }),
    ...(twins.domainName && { [GateEnvironment.hostName]: twins.domainName }),
    [GateEnvironment.loadBalancerFullName]: twins.loadBalancerFullName,
    [GateEnvironment.alarmNames]: json(alarmsOf(props).map((alarm) => alarm.alarmName)),
    [GateEnvironment.timeoutSeconds]: Tokenization.stringifyNumber(settings.timeoutSeconds),
    [GateEnvironment.sides]: json(sidesOf(props)),
    [GateEnvironment.insufficientData]: props.failOnInsufficientData ? 'fail' : 'pass',
    [GateEnvironment.bakeSeconds]: Tokenization.stringifyNumber(settings.bakeSeconds),
    ...(healthPath && { [GateEnvironment.healthPath]: healthPath }),
    ...(healthPath && { [GateEnvironment.healthCodes]: healthCodesOf(twins.blue) }),
    ...(props.versionHeader && { [GateEnvironment.versionHeader]: json({ ...props.versionHeader }) }),
    ...(Object.keys(props.suite.variables).length > 0 && {
      [GateEnvironment.variables]: json(props.suite.variables),
    }),
    ...(settings.customChecks.length > 0 && {
      [GateEnvironment.customChecks]: json(settings.customChecks.map(customCheckSettings)),
    }),
  };
}

const PATH_MAX = 60;

/**
 * The stack's name, and the constructs between the stack and the service: what distinguishes two services of one name, in
 * two stacks or in one.
 */
export function stackPathOf(gate: Construct, serviceName: string): string {
  const stack = Stack.of(gate);
  const between = gate.node.scopes.slice(stack.node.scopes.length, -1).map(({ node }) => node.id);
  if (between.at(-1) === serviceName) between.pop();
  const path = between.join('/');
  // Together with the stack's name far below what a dimension, and the functions' environment, can hold.
  const short = path.length > PATH_MAX ? Names.uniqueResourceName(gate, { maxLength: PATH_MAX }) : path;
  return short === '' ? stack.stackName : `${stack.stackName}/${short}`;
}

/** What the target group accepts in the end, also when it is set by `configureHealthCheck`. */
function healthCodesOf(group: IApplicationTargetGroup): string {
  const template = group.node.defaultChild as CfnTargetGroup;
  return Lazy.uncachedString({ produce: () => healthCheckOf(template).Codes });
}

function sidesOf({ twins, service }: ReleaseGateProps): LiveSides {
  return {
    productionListenerArn: twins.productionListener.listenerArn,
    testListenerArn: twins.testListener.listenerArn,
    targetGroupArns: [twins.blue.targetGroupArn, twins.green.targetGroupArn],
    ...(service && { deploymentTargetId: `${service.cluster.clusterName}:${service.serviceName}` }),
  };
}

function customCheckSettings({ name, handler, timeout }: CustomCheck): CustomCheckSettings {
  return { name, functionArn: handler.functionArn, timeoutSeconds: timeout?.toSeconds() ?? 60 };
}

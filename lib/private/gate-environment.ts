import { Stack, Tokenization } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type CustomCheckSettings, GateEnvironment, type LiveSides } from '../../lambda/gate/contract';
import type { CustomCheck } from '../custom-check';
import type { GateEvent, ReleaseGateProps } from '../release-gate';
import { TwinEnvironments } from '../twin-environments';

export interface GateFunctionSettings {
  readonly serviceName: string;
  readonly event: GateEvent;
  /** Whether the production listener is under test, not the test listener. */
  readonly production: boolean;
  readonly timeLimitSeconds: number;
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
  // Not known of imported twins, and no use where the rule takes other requests; the preflight then asks the load
  // balancer alone.
  const healthPath = twins instanceof TwinEnvironments ? twins._healthPath : undefined;
  return {
    [GateEnvironment.serviceName]: settings.serviceName,
    [GateEnvironment.lifecycleEvent]: settings.event,
    [GateEnvironment.targetUrl]: settings.production ? twins.productionUrl : twins.testUrl,
    ...(!settings.production && { [GateEnvironment.liveUrl]: twins.productionUrl }),
    ...(twins.domainName && { [GateEnvironment.hostName]: twins.domainName }),
    [GateEnvironment.loadBalancerFullName]: twins.loadBalancerFullName,
    [GateEnvironment.alarmNames]: json((props.alarms ?? []).map((alarm) => alarm.alarmName)),
    [GateEnvironment.timeLimitSeconds]: Tokenization.stringifyNumber(settings.timeLimitSeconds),
    [GateEnvironment.sides]: json(sidesOf(props)),
    [GateEnvironment.insufficientData]: props.failOnInsufficientData ? 'fail' : 'pass',
    [GateEnvironment.bakeSeconds]: Tokenization.stringifyNumber(settings.bakeSeconds),
    ...(healthPath && { [GateEnvironment.healthPath]: healthPath }),
    ...(props.versionHeader && { [GateEnvironment.versionHeader]: json({ ...props.versionHeader }) }),
    ...(Object.keys(props.suite.variables).length > 0 && {
      [GateEnvironment.variables]: json(props.suite.variables),
    }),
    ...(settings.customChecks.length > 0 && {
      [GateEnvironment.customChecks]: json(settings.customChecks.map(customCheckSettings)),
    }),
  };
}

function sidesOf({ twins, service }: ReleaseGateProps): LiveSides {
  return {
    productionListenerArn: twins.productionListener.listenerArn,
    testListenerArn: twins.testListener.listenerArn,
    targetGroupArns: [twins.blue.targetGroupArn, twins.green.targetGroupArn],
    deploymentTargetId: `${service.cluster.clusterName}:${service.serviceName}`,
  };
}

function customCheckSettings({ name, handler, timeLimit }: CustomCheck): CustomCheckSettings {
  return { name, functionArn: handler.functionArn, timeLimitSeconds: timeLimit?.toSeconds() ?? 60 };
}

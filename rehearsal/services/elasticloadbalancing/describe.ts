import type { Action } from './actions';
import { hostedZoneId } from './settings';
import type { Listener, LoadBalancer, Model, Rule, Target, TargetGroup } from './state';

/** Records of the model in the shapes of the API reference. */

export function describeLoadBalancer(loadBalancer: LoadBalancer, region: string) {
  return {
    LoadBalancerArn: loadBalancer.arn,
    DNSName: loadBalancer.dnsName,
    CanonicalHostedZoneId: hostedZoneId(region),
    CreatedTime: new Date(loadBalancer.createdAtMs).toISOString(),
    LoadBalancerName: loadBalancer.name,
    Scheme: loadBalancer.scheme,
    State: { Code: 'active' },
    Type: loadBalancer.type,
    AvailabilityZones: loadBalancer.subnetIds.map((SubnetId, index) => ({
      ZoneName: `${region}${'abcdef'[index % 6]}`,
      SubnetId,
    })),
    SecurityGroups: loadBalancer.securityGroupIds,
    IpAddressType: loadBalancer.ipAddressType,
  };
}

export function describeListener(listener: Listener) {
  return {
    ListenerArn: listener.arn,
    LoadBalancerArn: listener.loadBalancerArn,
    Port: listener.port,
    Protocol: listener.protocol,
    DefaultActions: listener.defaultActions,
    ...(listener.certificateArns.length > 0 && {
      Certificates: listener.certificateArns.map((CertificateArn) => ({ CertificateArn })),
    }),
    ...(listener.sslPolicy && { SslPolicy: listener.sslPolicy }),
  };
}

export function describeRule(rule: Rule) {
  return {
    RuleArn: rule.arn,
    Priority: String(rule.priority),
    Conditions: rule.conditions,
    Actions: rule.actions,
    IsDefault: false,
  };
}

export function describeDefaultRule(listener: Listener): {
  RuleArn: string;
  Priority: string;
  Conditions: never[];
  Actions: readonly Action[];
  IsDefault: boolean;
} {
  return {
    RuleArn: listener.defaultRuleArn,
    Priority: 'default',
    Conditions: [],
    Actions: listener.defaultActions,
    IsDefault: true,
  };
}

const isHttp = ({ protocol }: TargetGroup) => protocol === 'HTTP' || protocol === 'HTTPS';

export function describeGroup(group: TargetGroup, model: Model) {
  const { healthCheck: check } = group;
  const loadBalancer = model.loadBalancerOf(group.arn);
  return {
    TargetGroupArn: group.arn,
    TargetGroupName: group.name,
    Protocol: group.protocol,
    ...(isHttp(group) && { ProtocolVersion: group.protocolVersion }),
    Port: group.port,
    ...(group.vpcId && { VpcId: group.vpcId }),
    TargetType: group.targetType,
    HealthCheckEnabled: true,
    HealthCheckProtocol: check.protocol,
    HealthCheckPort: check.port,
    HealthCheckIntervalSeconds: check.intervalMs / 1000,
    HealthCheckTimeoutSeconds: check.timeoutMs / 1000,
    HealthyThresholdCount: check.healthyThreshold,
    UnhealthyThresholdCount: check.unhealthyThreshold,
    ...(check.protocol !== 'TCP' && { HealthCheckPath: check.path, Matcher: { HttpCode: check.matcher } }),
    LoadBalancerArns: loadBalancer ? [loadBalancer.arn] : [],
    IpAddressType: 'ipv4',
  };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html */
export function describeTargetHealth(target: Target, group: TargetGroup, model: Model) {
  const port = group.healthCheck.port === 'traffic-port' ? String(target.port) : group.healthCheck.port;
  return {
    Target: { Id: target.address, Port: target.port },
    HealthCheckPort: port,
    TargetHealth: targetHealth(target, model),
  };
}

function targetHealth(target: Target, model: Model): { State: string; Reason?: string; Description?: string } {
  if (target.draining) {
    return {
      State: 'draining',
      Reason: 'Target.DeregistrationInProgress',
      Description: 'Target deregistration is in progress',
    };
  }
  if (!model.loadBalancerOf(target.groupArn)) {
    const Description = 'Target group is not configured to receive traffic from the load balancer';
    return { State: 'unused', Reason: 'Target.NotInUse', Description };
  }
  const { state, reason, description } = target.health;
  if (state === 'healthy') return { State: 'healthy' };
  return { State: state, Reason: reason, Description: description };
}

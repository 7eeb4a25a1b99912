import type { Coverage } from '../../core/coverage';

/** What a rehearsal makes of the properties of Elastic Load Balancing. */
export const elbCoverage: Readonly<Record<string, Coverage>> = {
  'AWS::ElasticLoadBalancingV2::LoadBalancer': {
    acts: [
      'Name',
      'Scheme',
      'Type',
      'Subnets',
      'SubnetMappings',
      'SecurityGroups',
      'IpAddressType',
      'LoadBalancerAttributes',
    ],
  },
  'AWS::ElasticLoadBalancingV2::Listener': {
    acts: ['LoadBalancerArn', 'Port', 'Protocol', 'DefaultActions', 'Certificates', 'SslPolicy'],
    ignores: {
      MutualAuthentication: 'no certificate of a client is verified',
      ListenerAttributes: 'no header is renamed or added',
    },
  },
  'AWS::ElasticLoadBalancingV2::ListenerRule': {
    acts: ['ListenerArn', 'Priority', 'Conditions', 'Actions'],
    ignores: { Transforms: 'no host or path is rewritten' },
  },
  'AWS::ElasticLoadBalancingV2::TargetGroup': {
    acts: [
      'Name',
      'Port',
      'Protocol',
      'ProtocolVersion',
      'TargetType',
      'VpcId',
      'Targets',
      'TargetGroupAttributes',
      'HealthCheckProtocol',
      'HealthCheckPort',
      'HealthCheckPath',
      'HealthCheckIntervalSeconds',
      'HealthCheckTimeoutSeconds',
      'HealthyThresholdCount',
      'UnhealthyThresholdCount',
      'Matcher.HttpCode',
    ],
    ignores: { HealthCheckEnabled: 'targets are always checked' },
  },
};

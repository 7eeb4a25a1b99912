import type { Coverage } from '../../core/coverage';

/** What a rehearsal makes of the properties of EC2. */
export const ec2Coverage: Readonly<Record<string, Coverage>> = {
  'AWS::EC2::VPC': {
    acts: ['CidrBlock'],
  },
  'AWS::EC2::Subnet': {
    acts: ['VpcId', 'CidrBlock', 'AvailabilityZone', 'MapPublicIpOnLaunch', 'Tags'],
  },
  'AWS::EC2::RouteTable': {
    acts: ['VpcId', 'Tags'],
  },
  'AWS::EC2::Route': {
    acts: [
      'RouteTableId',
      'DestinationCidrBlock',
      'DestinationIpv6CidrBlock',
      'DestinationPrefixListId',
      'GatewayId',
      'NatGatewayId',
    ],
  },
  'AWS::EC2::SubnetRouteTableAssociation': {
    acts: ['RouteTableId', 'SubnetId'],
  },
  'AWS::EC2::SecurityGroup': {
    acts: ['GroupName', 'VpcId', 'SecurityGroupIngress', 'SecurityGroupEgress', 'Tags'],
  },
  'AWS::EC2::SecurityGroupIngress': {
    acts: ['GroupId', 'IpProtocol', 'FromPort', 'ToPort', 'CidrIp', 'CidrIpv6', 'SourceSecurityGroupId'],
    ignores: { SourcePrefixListId: 'prefix lists admit nobody' },
  },
  'AWS::EC2::SecurityGroupEgress': {
    acts: ['GroupId', 'IpProtocol', 'FromPort', 'ToPort', 'CidrIp', 'CidrIpv6', 'DestinationSecurityGroupId'],
    ignores: { DestinationPrefixListId: 'prefix lists admit nobody' },
  },
  'AWS::EC2::VPCGatewayAttachment': {
    acts: ['VpcId', 'InternetGatewayId'],
  },
};

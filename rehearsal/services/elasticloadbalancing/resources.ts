import type { ResourceRequest, ResourceState, ResourceType } from '../../core/service';
import type { ActionInput } from './actions';
import { type Condition, compileConditions } from './conditions';
import type { LoadBalancing, TargetInput } from './load-balancing';
import {
  type HealthCheckInput,
  checkName,
  groupAttributes,
  healthCheckFor,
  hostedZoneId,
  listenerProtocol,
  loadBalancerAttributes,
  parseHealthCheck,
} from './settings';
import { isSecure, type Listener, type LoadBalancer, type Rule, type TargetGroup } from './state';
import { type KeyValue, type Scalar, attributeMap, integer, invalid, oneOf } from './values';
import { versionsOf } from './data-plane/tls';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_ElasticLoadBalancingV2.html */
export function resourceTypes(elb: LoadBalancing): Readonly<Record<string, ResourceType>> {
  return {
    'AWS::ElasticLoadBalancingV2::LoadBalancer': loadBalancerType(elb),
    'AWS::ElasticLoadBalancingV2::Listener': listenerType(elb),
    'AWS::ElasticLoadBalancingV2::ListenerRule': ruleType(elb),
    'AWS::ElasticLoadBalancingV2::TargetGroup': groupType(elb),
  };
}

/** As CloudFormation names what the template does not: `Green-Servi-1A2B3C4D5E6F`, 32 characters at most. */
function nameOf(elb: LoadBalancing, request: ResourceRequest, given: string | undefined): string {
  if (given !== undefined) return checkName(given);
  const suffix = elb.world.ids.token(12, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789');
  const short = (text: string) => text.replace(/[^A-Za-z0-9]/g, '').slice(0, 5);
  return `${short(request.stackName)}-${short(request.logicalId)}-${suffix}`;
}

interface LoadBalancerProperties {
  readonly Name?: string;
  readonly Scheme?: string;
  readonly Type?: string;
  readonly Subnets?: readonly string[];
  readonly SubnetMappings?: readonly { readonly SubnetId: string }[];
  readonly SecurityGroups?: readonly string[];
  readonly IpAddressType?: string;
  readonly LoadBalancerAttributes?: readonly KeyValue[];
}

function loadBalancerType(elb: LoadBalancing): ResourceType<LoadBalancerProperties> {
  return {
    create: (request) => {
      const { properties } = request;
      const type = oneOf('Type', properties.Type, ['application', 'network'], 'application');
      const name = nameOf(elb, request as ResourceRequest, properties.Name);
      const fullName = `${type === 'network' ? 'net' : 'app'}/${name}/${elb.world.ids.hex(16)}`;
      const scheme = oneOf('Scheme', properties.Scheme, ['internet-facing', 'internal'], 'internet-facing');
      const prefix = scheme === 'internal' ? 'internal-' : '';
      const created = elb.addLoadBalancer({
        arn: elb.elbArn(`loadbalancer/${fullName}`),
        name,
        type,
        fullName,
        scheme,
        dnsName: `${prefix}${name}-${elb.world.ids.token(10, '123456789')}.${elb.world.region}.elb.amazonaws.com`,
        ...changeable(properties),
      });
      return loadBalancerState(elb, created);
    },
    update: ({ properties, current }) => {
      const changed = { ...elb.model.loadBalancer(current.physicalId), ...changeable(properties) };
      elb.updateLoadBalancer(changed);
      return loadBalancerState(elb, changed);
    },
    delete: ({ current }) => elb.removeLoadBalancer(current.physicalId),
  };
}

function changeable(properties: LoadBalancerProperties) {
  return {
    subnetIds: properties.Subnets ?? properties.SubnetMappings?.map(({ SubnetId }) => SubnetId) ?? [],
    securityGroupIds: properties.SecurityGroups ?? [],
    ipAddressType: properties.IpAddressType ?? 'ipv4',
    attributes: attributeMap(loadBalancerAttributes, properties.LoadBalancerAttributes),
  };
}

function loadBalancerState(elb: LoadBalancing, loadBalancer: LoadBalancer): ResourceState {
  return {
    physicalId: loadBalancer.arn,
    attributes: {
      LoadBalancerArn: loadBalancer.arn,
      DNSName: loadBalancer.dnsName,
      CanonicalHostedZoneID: hostedZoneId(elb.world.region),
      LoadBalancerName: loadBalancer.name,
      LoadBalancerFullName: loadBalancer.fullName,
      SecurityGroups: loadBalancer.securityGroupIds,
    },
  };
}

interface ListenerProperties {
  readonly LoadBalancerArn: string;
  readonly Port?: Scalar;
  readonly Protocol?: string;
  readonly DefaultActions: readonly ActionInput[];
  readonly Certificates?: readonly { readonly CertificateArn?: string }[];
  readonly SslPolicy?: string;
}

function listenerType(elb: LoadBalancing): ResourceType<ListenerProperties> {
  return {
    create: async ({ properties }) => {
      const { fullName } = elb.model.loadBalancer(properties.LoadBalancerArn);
      const id = elb.world.ids.hex(16);
      const listener: Listener = {
        arn: elb.elbArn(`listener/${fullName}/${id}`),
        loadBalancerArn: properties.LoadBalancerArn,
        defaultRuleArn: elb.elbArn(`listener-rule/${fullName}/${id}/${elb.world.ids.hex(16)}`),
        ...listenerSettings(elb, properties),
      };
      await elb.addListener(listener);
      return { physicalId: listener.arn, attributes: { ListenerArn: listener.arn } };
    },
    /** The template's DefaultActions are applied again, whatever CodeDeploy made of them since. */
    update: async ({ properties, current }) => {
      const before = elb.model.listener(current.physicalId);
      await elb.updateListener({ ...before, ...listenerSettings(elb, properties) });
      return current;
    },
    delete: ({ current }) => elb.removeListener(current.physicalId),
  };
}

function listenerSettings(elb: LoadBalancing, properties: ListenerProperties) {
  const loadBalancer = elb.model.loadBalancer(properties.LoadBalancerArn);
  const protocol = listenerProtocol(loadBalancer, properties.Protocol, 'HTTP');
  const certificateArns = (properties.Certificates ?? []).flatMap(({ CertificateArn }) => CertificateArn ?? []);
  const isTls = isSecure({ protocol });
  if (isTls && certificateArns.length === 0) {
    throw invalid(`A certificate must be specified for ${protocol} listeners`);
  }
  if (isTls) versionsOf(properties.SslPolicy);
  return {
    port: integer('Port', properties.Port, 1, 65_535),
    protocol,
    certificateArns,
    ...(properties.SslPolicy && { sslPolicy: properties.SslPolicy }),
    defaultActions: elb.parseActions(properties.DefaultActions),
  };
}

interface RuleProperties {
  readonly ListenerArn: string;
  readonly Priority: Scalar;
  readonly Conditions: readonly Condition[];
  readonly Actions: readonly ActionInput[];
}

function ruleType(elb: LoadBalancing): ResourceType<RuleProperties> {
  const settings = (properties: RuleProperties) => {
    compileConditions(properties.Conditions);
    return {
      priority: integer('Priority', properties.Priority, 1, 50_000),
      conditions: properties.Conditions,
      actions: elb.parseActions(properties.Actions),
    };
  };
  return {
    create: ({ properties }) => {
      const listener = elb.model.listener(properties.ListenerArn);
      const path = listener.arn.slice(listener.arn.indexOf(':listener/') + ':listener/'.length);
      const rule: Rule = {
        arn: elb.elbArn(`listener-rule/${path}/${elb.world.ids.hex(16)}`),
        listenerArn: listener.arn,
        ...settings(properties),
      };
      elb.putRule(rule);
      return { physicalId: rule.arn, attributes: { RuleArn: rule.arn, IsDefault: false } };
    },
    update: ({ properties, current }) => {
      elb.putRule({ ...elb.model.rule(current.physicalId), ...settings(properties) });
      return current;
    },
    delete: ({ current }) => elb.removeRule(current.physicalId),
  };
}

interface GroupProperties extends HealthCheckInput {
  readonly Name?: string;
  readonly Port?: Scalar;
  readonly Protocol?: string;
  readonly ProtocolVersion?: string;
  readonly TargetType?: string;
  readonly VpcId?: string;
  readonly Targets?: readonly TargetInput[];
  readonly TargetGroupAttributes?: readonly KeyValue[];
}

function groupType(elb: LoadBalancing): ResourceType<GroupProperties> {
  return {
    create: (request) => {
      const { properties } = request;
      const name = nameOf(elb, request as ResourceRequest, properties.Name);
      const fullName = `targetgroup/${name}/${elb.world.ids.hex(16)}`;
      const protocol = oneOf('Protocol', properties.Protocol, ['HTTP', 'HTTPS', 'TCP', 'TLS']);
      const group: TargetGroup = {
        arn: elb.elbArn(fullName),
        name,
        fullName,
        protocol,
        protocolVersion: properties.ProtocolVersion ?? 'HTTP1',
        port: integer('Port', properties.Port, 1, 65_535),
        ...(properties.VpcId && { vpcId: properties.VpcId }),
        targetType: oneOf('TargetType', properties.TargetType, ['instance', 'ip'], 'instance'),
        healthCheck: parseHealthCheck(properties, healthCheckFor(protocol)),
        attributes: attributeMap(groupAttributes, properties.TargetGroupAttributes),
      };
      elb.putGroup(group);
      elb.register(group.arn, properties.Targets ?? []);
      return groupState(elb, group);
    },
    update: ({ properties, current }) => {
      const before = elb.model.group(current.physicalId);
      const group: TargetGroup = {
        ...before,
        healthCheck: parseHealthCheck(properties, healthCheckFor(before.protocol)),
        attributes: attributeMap(groupAttributes, properties.TargetGroupAttributes),
      };
      elb.putGroup(group);
      return groupState(elb, group);
    },
    delete: ({ current }) => elb.removeGroup(current.physicalId),
  };
}

function groupState(elb: LoadBalancing, group: TargetGroup): ResourceState {
  const loadBalancer = elb.model.loadBalancerOf(group.arn);
  return {
    physicalId: group.arn,
    attributes: {
      TargetGroupArn: group.arn,
      TargetGroupName: group.name,
      TargetGroupFullName: group.fullName,
      LoadBalancerArns: loadBalancer ? [loadBalancer.arn] : [],
    },
  };
}

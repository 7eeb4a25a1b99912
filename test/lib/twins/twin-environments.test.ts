import { Duration } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Connections, Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ServiceListener, TwinEnvironments, type TwinEnvironmentsProps } from '../../../lib';
import { newStack, ofType } from '../support';

const ARN = 'arn:aws:acm:eu-west-1:111111111111:certificate/abc';

function make(props: Partial<TwinEnvironmentsProps> = {}) {
  const stack = newStack();
  const vpc = new Vpc(stack, 'Vpc');
  const twins = new TwinEnvironments(stack, 'Twins', { vpc, containerPort: 8080, ...props });
  return { stack, vpc, twins, template: () => Template.fromStack(stack) };
}

const withCertificate = (domainName?: string) => {
  const stack = newStack();
  const certificate = Certificate.fromCertificateArn(stack, 'Certificate', ARN);
  const vpc = new Vpc(stack, 'Vpc');
  const twins = new TwinEnvironments(stack, 'Twins', {
    containerPort: 8080,
    listener: ServiceListener.create({ certificate, domainName }),
    vpc,
  });
  return { stack, twins };
};

test('both listeners forward to the live side, and both groups check health as set', () => {
  const { stack, template } = make();
  const live = ofType(stack, 'Custom::GreenlightLiveRoute')[0]?.[0];
  for (const Port of [80, 9080]) {
    template().hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn: { 'Fn::GetAtt': [live, 'TargetGroupArn'] } }],
    });
  }
  template().resourcePropertiesCountIs(
    'AWS::ElasticLoadBalancingV2::TargetGroup',
    {
      HealthCheckPath: '/health',
      HealthCheckIntervalSeconds: 10,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 2,
      TargetType: 'ip',
      TargetGroupAttributes: Match.arrayWith([{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }]),
    },
    2,
  );
});

test('the test listener admits nobody until someone is allowed, and then only that security group', () => {
  const closed = make().stack;
  const [[, balancer] = []] = ofType(closed, 'AWS::EC2::SecurityGroup').filter(([id]) => id.includes('LoadBalancer'));
  expect(balancer?.Properties.SecurityGroupIngress).toEqual([
    expect.objectContaining({ CidrIp: '0.0.0.0/0', FromPort: 80, ToPort: 80 }),
  ]);
  expect(ofType(closed, 'AWS::EC2::SecurityGroupIngress')).toEqual([]);

  const { stack, vpc, twins } = make();
  const gate = new SecurityGroup(stack, 'Gate', { vpc, allowAllOutbound: false });
  twins.allowGateFrom(new Connections({ securityGroups: [gate], defaultPort: Port.tcp(443) }));
  const ingress = ofType(stack, 'AWS::EC2::SecurityGroupIngress').map(([, { Properties }]) => Properties);
  expect(ingress).toMatchObject([
    {
      FromPort: 9080,
      ToPort: 9080,
      SourceSecurityGroupId: { 'Fn::GetAtt': [expect.stringMatching(/^Gate/), 'GroupId'] },
    },
  ]);
  expect(ingress[0]).not.toHaveProperty('CidrIp');
});

test('warns of plain HTTP, with a stable id', () => {
  const { stack } = make();
  Annotations.fromStack(stack).hasWarning(
    '/Test/Twins',
    Match.stringLikeRegexp('not encrypted.*set listener: ServiceListener\\.create'),
  );
  expect(JSON.stringify(stack.node.findChild('Twins').node.metadata)).toContain('cdk-greenlight:plainHttp');
});

test('a certificate makes both listeners HTTPS, without a warning', () => {
  const { stack, twins } = withCertificate('shop.example.com');
  for (const Port of [443, 9443]) {
    Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port,
      Protocol: 'HTTPS',
      Certificates: [{ CertificateArn: ARN }],
      SslPolicy: Match.stringLikeRegexp('TLS'),
    });
  }
  Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  expect(twins.productionUrl).toBe('https://shop.example.com:443');
  expect(twins.testUrl).toBe('https://shop.example.com:9443');
});

test('an internal scheme, and a load balancer of the caller', () => {
  const internal = ServiceListener.create({ internetFacing: false });
  make({ listener: internal }).template().hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    Scheme: 'internal',
  });
  const stack = newStack();
  const vpc = new Vpc(stack, 'Vpc');
  const loadBalancer = new ApplicationLoadBalancer(stack, 'Shared', { vpc });
  const twins = new TwinEnvironments(stack, 'Twins', {
    containerPort: 8080,
    listener: ServiceListener.onLoadBalancer(loadBalancer, { openListener: false }),
    vpc,
  });
  Template.fromStack(stack).resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1);
  expect(twins.loadBalancer).toBe(loadBalancer);
});

test('an imported load balancer gives its name from its ARN', () => {
  const stack = newStack();
  const vpc = new Vpc(stack, 'Vpc');
  const loadBalancer = ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'Shared', {
    loadBalancerArn: 'arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/shared/50dc6c495c0c9188',
    loadBalancerDnsName: 'shared.example.com',
    securityGroupId: 'sg-1',
    vpc,
  });
  const twins = new TwinEnvironments(stack, 'Twins', {
    containerPort: 8080,
    listener: ServiceListener.onLoadBalancer(loadBalancer),
    vpc,
  });
  expect(stack.resolve(twins.loadBalancerFullName)).toBe('app/shared/50dc6c495c0c9188');
  expect(twins.testUrl).toBe('http://shared.example.com:9080');
});

test.each<[Partial<TwinEnvironmentsProps>, RegExp]>([
  [{ containerPort: 70000 }, /Test\/Twins: containerPort 70000: must be a whole number from 1 to 65535/],
  [{ listener: ServiceListener.create({ testPort: 0 }) }, /listener\.testPort 0/],
  [
    { listener: ServiceListener.create({ port: 8080, testPort: 8080 }) },
    /testPort 8080: is the production port too: choose another/,
  ],
  [{ healthCheck: { path: 'health' } }, /healthCheck\.path 'health': must begin with '\/'/],
  [
    { healthCheck: { interval: Duration.seconds(2) } },
    /healthCheck\.interval 2 s: must be whole seconds from 5 s to 300 s/,
  ],
  [{ healthCheck: { timeout: Duration.seconds(10) } }, /healthCheck\.timeout 10 s.*shorter than the interval/],
  [{ healthCheck: { healthyThresholdCount: 1 } }, /healthCheck\.healthyThresholdCount 1/],
  [{ deregistrationDelay: Duration.hours(2) }, /deregistrationDelay 7200 s/],
])('refuses %j', (props, message) => {
  expect(() => make(props)).toThrow(message);
});

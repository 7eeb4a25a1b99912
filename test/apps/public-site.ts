import { type App, Stack } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { Distribution, OriginProtocolPolicy, ViewerProtocolPolicy } from 'aws-cdk-lib/aws-cloudfront';
import { LoadBalancerV2Origin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { ApplicationProtocol } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { image, PORT } from './service';

/** A site on the internet: own domain with a validated certificate, HTTPS, redirect from HTTP, firewall and CDN. */
export function build(app: App, version: string): void {
  const stack = new Stack(app, 'Site');
  const domainZone = new HostedZone(stack, 'Zone', { zoneName: 'example.com' });
  const certificate = new Certificate(stack, 'Certificate', {
    domainName: 'shop.example.com',
    validation: CertificateValidation.fromDns(domainZone),
  });
  const web = new ApplicationLoadBalancedFargateService(stack, 'Web', {
    taskImageOptions: { image: image(), containerPort: PORT, environment: { VERSION: version } },
    protocol: ApplicationProtocol.HTTPS,
    certificate,
    domainName: 'shop.example.com',
    domainZone,
    redirectHTTP: true,
    minHealthyPercent: 100,
    desiredCount: 1,
  });
  const acl = new CfnWebACL(stack, 'Firewall', {
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: { cloudWatchMetricsEnabled: true, metricName: 'shop', sampledRequestsEnabled: true },
    rules: [
      {
        name: 'rate',
        priority: 1,
        action: { block: {} },
        statement: { rateBasedStatement: { limit: 2000, aggregateKeyType: 'IP' } },
        visibilityConfig: { cloudWatchMetricsEnabled: true, metricName: 'rate', sampledRequestsEnabled: true },
      },
    ],
  });
  new CfnWebACLAssociation(stack, 'Association', {
    resourceArn: web.loadBalancer.loadBalancerArn,
    webAclArn: acl.attrArn,
  });
  const distribution = new Distribution(stack, 'Cdn', {
    defaultBehavior: {
      origin: new LoadBalancerV2Origin(web.loadBalancer, { protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY }),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    },
  });
  new ARecord(stack, 'Www', {
    zone: domainZone,
    recordName: 'www',
    target: RecordTarget.fromAlias(new CloudFrontTarget(distribution)),
  });
}

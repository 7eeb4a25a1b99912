import { Annotations, Duration, Fn } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IConnectable, IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  type IApplicationLoadBalancer,
  ListenerAction,
  ListenerCertificate,
  SslPolicy,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { acknowledge } from './private/acknowledge';
import { durationProblem, numberProblem, refuseAll } from './private/validate';

/** Construction properties of `TwinEnvironments`. */
export interface TwinEnvironmentsProps {
  /** Where the twins live. */
  readonly vpc: IVpc;
  /** The port that the containers listen on, plain HTTP, 1 to 65535. */
  readonly port: number;
  /** The load balancer to listen on. @default - a new one */
  readonly loadBalancer?: IApplicationLoadBalancer;
  /** Whether a new load balancer is reachable from the internet. @default true */
  readonly internetFacing?: boolean;
  /** Makes both listeners HTTPS. @default - plain HTTP, with a warning at synth */
  readonly certificate?: ICertificate;
  /**
   * The name that clients use and the certificate covers: `shop.example.com`. The gate asks for it and verifies the
   * certificate under it; without, it verifies the chain alone, as no certificate covers a load balancer's own name.
   * @default - the load balancer's own name
   */
  readonly domainName?: string;
  /** The port that clients use. @default - 443 with a certificate, else 80 */
  readonly productionPort?: number;
  /** The port of the test listener, for the gate alone. @default - 9443 with a certificate, else 9080 */
  readonly testPort?: number;
  /** Whether anyone may reach the production listener. @default true */
  readonly open?: boolean;
  /** Answers 200 when a task can serve. @default /health */
  readonly healthCheckPath?: string;
  /** 5 to 300 s. @default Duration.seconds(10) */
  readonly healthCheckInterval?: Duration;
  /** Shorter than the interval. @default - half of the interval */
  readonly healthCheckTimeout?: Duration;
  /** Successes in a row that make a task healthy, 2 to 10. @default 2 */
  readonly healthyThresholdCount?: number;
  /** Failures in a row that make a task unhealthy, 2 to 10. @default 2 */
  readonly unhealthyThresholdCount?: number;
  /** How long a leaving task may finish its requests, up to an hour. @default Duration.seconds(30) */
  readonly deregistrationDelay?: Duration;
}

/**
 * The load balancer's side of a blue/green service: production and test listener, blue and green target group. Both
 * listeners first forward to blue; from then on CodeDeploy moves them. The test listener admits nobody until
 * `allowGateFrom` names who may.
 */
export class TwinEnvironments extends Construct {
  /** Takes the traffic of both listeners. */
  public readonly loadBalancer: IApplicationLoadBalancer;
  /** Where clients connect. */
  public readonly productionListener: ApplicationListener;
  /** Where the gate meets the candidate before clients do. */
  public readonly testListener: ApplicationListener;
  /** The target group that is live first; the two swap roles at each release. */
  public readonly blue: ApplicationTargetGroup;
  /** The target group of the first candidate. */
  public readonly green: ApplicationTargetGroup;
  /** `app/<name>/<id>`, the load balancer's dimension in CloudWatch. */
  public readonly loadBalancerFullName: string;
  /** The name that clients use, if it was given. */
  public readonly domainName?: string;
  /** Base URL of the production listener. */
  public readonly productionUrl: string;
  /** Base URL of the test listener; only who was allowed can connect. */
  public readonly testUrl: string;

  public constructor(scope: Construct, id: string, props: TwinEnvironmentsProps) {
    super(scope, id);
    validate(this, props);
    const productionPort = props.productionPort ?? (props.certificate ? 443 : 80);
    const testPort = props.testPort ?? (props.certificate ? 9443 : 9080);

    this.loadBalancer = props.loadBalancer ?? this.createLoadBalancer(props);
    this.loadBalancerFullName =
      this.loadBalancer instanceof ApplicationLoadBalancer
        ? this.loadBalancer.loadBalancerFullName
        : Fn.select(1, Fn.split(':loadbalancer/', this.loadBalancer.loadBalancerArn));
    this.blue = this.createTargetGroup('Blue', props);
    this.green = this.createTargetGroup('Green', props);
    this.productionListener = this.createListener('ProductionListener', productionPort, props.open ?? true, props);
    this.testListener = this.createListener('TestListener', testPort, false, props);
    this.domainName = props.domainName;
    this.productionUrl = this.url(productionPort, props);
    this.testUrl = this.url(testPort, props);
    if (!props.certificate) this.warnPlainHttp();
  }

  /** Lets a gate reach both listeners. It is the only way into the test listener. */
  public allowGateFrom(gate: IConnectable): void {
    this.testListener.connections.allowDefaultPortFrom(gate, 'Smoke tests of the candidate');
    this.productionListener.connections.allowDefaultPortFrom(gate, 'Smoke tests after the shift');
  }

  private createLoadBalancer(props: TwinEnvironmentsProps): ApplicationLoadBalancer {
    const loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc: props.vpc,
      internetFacing: props.internetFacing ?? true,
      dropInvalidHeaderFields: true,
    });
    acknowledge(
      loadBalancer,
      'Where access logs go, and for how long, is a choice of the account: call logAccessLogs() on twins.loadBalancer',
      'AwsSolutions-ELB2',
    );
    acknowledge(
      loadBalancer,
      'A public service is reached from anywhere on its production port; open: false closes it',
      'AwsSolutions-EC23',
    );
    return loadBalancer;
  }

  private createTargetGroup(id: string, props: TwinEnvironmentsProps): ApplicationTargetGroup {
    const interval = props.healthCheckInterval ?? Duration.seconds(10);
    return new ApplicationTargetGroup(this, id, {
      vpc: props.vpc,
      port: props.port,
      protocol: ApplicationProtocol.HTTP,
      targetType: TargetType.IP,
      deregistrationDelay: props.deregistrationDelay ?? Duration.seconds(30),
      healthCheck: {
        path: props.healthCheckPath ?? '/health',
        interval,
        timeout: props.healthCheckTimeout ?? Duration.seconds(Math.floor(interval.toSeconds() / 2)),
        healthyThresholdCount: props.healthyThresholdCount ?? 2,
        unhealthyThresholdCount: props.unhealthyThresholdCount ?? 2,
        healthyHttpCodes: '200',
      },
    });
  }

  private createListener(id: string, port: number, open: boolean, props: TwinEnvironmentsProps): ApplicationListener {
    return new ApplicationListener(this, id, {
      loadBalancer: this.loadBalancer,
      port,
      protocol: props.certificate ? ApplicationProtocol.HTTPS : ApplicationProtocol.HTTP,
      certificates: props.certificate && [ListenerCertificate.fromCertificateManager(props.certificate)],
      sslPolicy: props.certificate && SslPolicy.RECOMMENDED_TLS,
      open,
      defaultAction: ListenerAction.forward([this.blue]),
    });
  }

  private url(port: number, props: TwinEnvironmentsProps): string {
    const host = props.domainName ?? this.loadBalancer.loadBalancerDnsName;
    return `${props.certificate ? 'https' : 'http'}://${host}:${port}`;
  }

  private warnPlainHttp(): void {
    Annotations.of(this).addWarningV2(
      'cdk-greenlight:plainHttp',
      'production and test traffic are not encrypted: set certificate to serve HTTPS',
    );
  }
}

function validate(scope: Construct, props: TwinEnvironmentsProps): void {
  const port = { min: 1, max: 65535, whole: true };
  const threshold = { min: 2, max: 10, whole: true };
  const interval = props.healthCheckInterval ?? Duration.seconds(10);
  refuseAll(scope, [
    numberProblem('port', props.port, port),
    props.productionPort === undefined ? undefined : numberProblem('productionPort', props.productionPort, port),
    props.testPort === undefined ? undefined : numberProblem('testPort', props.testPort, port),
    props.productionPort !== undefined && props.productionPort === props.testPort
      ? `testPort ${props.testPort}: is the production port too: choose another port for the test listener`
      : undefined,
    numberProblem('healthyThresholdCount', props.healthyThresholdCount ?? 2, threshold),
    numberProblem('unhealthyThresholdCount', props.unhealthyThresholdCount ?? 2, threshold),
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
  ]);
}

function pathProblem(path: string | undefined): string | undefined {
  if (path === undefined || path.startsWith('/') || path.startsWith('${Token[')) return undefined;
  return `healthCheckPath '${path}': must begin with '/'`;
}

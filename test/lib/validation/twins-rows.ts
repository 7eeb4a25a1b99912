import { Duration, type Stack } from 'aws-cdk-lib';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { ApplicationListener, ListenerCondition, Protocol } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import {
  type LiveRouteProps,
  type NewLoadBalancerOptions,
  ProductionRoute,
  ServiceListener,
  type TestRuleOptions,
  type TwinEnvironmentsAttributes,
  type TwinEnvironmentsProps,
} from '../../../lib';
import { listenerIn, type Row, sameGroup } from './rows';

export const TWINS: readonly Row<Partial<TwinEnvironmentsProps>>[] = [
  ['containerPort', { containerPort: 70_000 }, 'containerPort 70000', '1 to 65535'],
  ['healthCheck.healthyHttpCodes', { healthCheck: { healthyHttpCodes: '2xx' } }, "'2xx'", 'such as 200, 200,204'],
  ['healthCheck.path', { healthCheck: { path: 'health' } }, "healthCheck.path 'health'", "begin with '/'"],
  ['healthCheck.interval', { healthCheck: { interval: Duration.seconds(4) } }, 'interval 4 s', '5 s to 300 s'],
  ['healthCheck.timeout', { healthCheck: { timeout: Duration.seconds(10) } }, 'timeout 10 s', '2 s to 9 s', 'shorter'],
  ['healthCheck.healthyThresholdCount', { healthCheck: { healthyThresholdCount: 1 } }, 'Count 1', '2 to 10'],
  ['healthCheck.unhealthyThresholdCount', { healthCheck: { unhealthyThresholdCount: 11 } }, 'Count 11', '2 to 10'],
  [
    'healthCheck.enabled',
    { healthCheck: { enabled: false } },
    'healthCheck.enabled false',
    'leave healthCheck.enabled',
  ],
  ['healthCheck.port', { healthCheck: { port: '81' } }, "healthCheck.port '81'", 'leave healthCheck.port out'],
  ['healthCheck.protocol', { healthCheck: { protocol: Protocol.HTTPS } }, 'protocol HTTPS', 'must be HTTP'],
  ['healthCheck.healthyGrpcCodes', { healthCheck: { healthyGrpcCodes: '12' } }, "'12'", 'healthyHttpCodes'],
  ['deregistrationDelay', { deregistrationDelay: Duration.hours(2) }, 'deregistrationDelay 7200 s', '0 s to 3600 s'],
];

/** Options of listeners that are created, which every kind of service listener shares in part. */
export const LISTENERS: readonly Row<NewLoadBalancerOptions>[] = [
  ['port', { port: 65_536 }, 'listener.port 65536', '1 to 65535'],
  ['testPort', { testPort: -1 }, 'listener.testPort -1', '1 to 65535'],
  ['both ports', { port: 81, testPort: 81 }, 'listener.testPort 81', 'another port'],
  ['port as the default testPort', { port: 9080 }, 'listener.testPort 9080', 'another port'],
  ['redirectHTTP', { redirectHTTP: true }, 'listener.redirectHTTP', 'set listener.certificate'],
  ['domainName', { domainName: 'https://a.example.com/' }, "listener.domainName 'https://a", 'only a host name'],
];

export const ROUTE: readonly Row<Partial<LiveRouteProps>>[] = [
  [
    'production, its port',
    (stack) => ({ production: ProductionRoute.defaultAction(listenerIn(stack).loadBalancer, 0) }),
    'production port 0',
    '1 to 65535',
  ],
  [
    'production, its priority',
    (stack) => ({ production: ProductionRoute.rule(listenerIn(stack), 50_001) }),
    'production priority 50001',
    '1 to 50000',
  ],
  ['blue and green', (stack) => ({ ...sameGroup(stack) }), 'blue and green are one target group', 'a pair needs two'],
  [
    'deploymentGroupName without application',
    { deploymentGroupName: 'shop' },
    "'shop' without application",
    'set the CodeDeploy application',
  ],
];

export const IMPORTED: readonly Row<Partial<TwinEnvironmentsAttributes>>[] = [
  ['productionPort', { productionPort: 0 }, 'productionPort 0', '1 to 65535'],
  ['testPort', { testPort: 65_536 }, 'testPort 65536', '1 to 65535'],
  ['domainName', { domainName: 'a/b' }, "domainName 'a/b'", 'only a host name'],
  ['blue and green', (stack) => ({ ...sameGroup(stack) }), 'blue and green are one target group', 'a pair needs two'],
  [
    'productionListener and testListener',
    (stack) => {
      const listener = listenerIn(stack);
      return { productionListener: listener, testListener: listener };
    },
    'testListener is the production listener',
    'use another listener',
  ],
];

export const RULES: readonly Row<Partial<TwinEnvironmentsProps>>[] = [
  [
    'conditions',
    (stack) => ({ listener: ServiceListener.onListener(listenerIn(stack), { conditions: [], priority: 1 }) }),
    'listener.conditions is empty',
    'a host or a path',
  ],
  ['priority', (stack) => onListener(stack, 50_001), 'listener.priority 50001', '1 to 50000'],
  [
    'priority of the testRule',
    (stack) => onListener(stack, 1, () => ({ listener: listenerIn(stack, 'Other'), priority: 0 })),
    'listener.testRule.priority 0',
    '1 to 50000',
  ],
  [
    'testRule on the production listener',
    (stack) => onListener(stack, 1, (listener) => ({ listener, priority: 2 })),
    'listener.testRule.listener is the production listener',
    'use another listener',
  ],
  [
    'testRule without conditions',
    (stack) => {
      const { loadBalancer } = listenerIn(stack);
      const testRule = { listener: listenerIn(stack, 'Test'), priority: 1, conditions: [] };
      return { listener: ServiceListener.onLoadBalancer(loadBalancer, { testRule }) };
    },
    'listener.testRule.conditions is empty',
    'a host or a path',
  ],
  [
    'loadBalancer of an imported listener that is missing',
    (stack) => {
      const securityGroup = SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1');
      const imported = ApplicationListener.fromApplicationListenerAttributes(stack, 'Imported', {
        listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:111111111111:listener/app/shop/1/2',
        securityGroup,
      });
      return { listener: ServiceListener.onListener(imported, { conditions: CONDITIONS, priority: 1 }) };
    },
    'listener.loadBalancer: the listener is imported',
    'set loadBalancer',
  ],
];

const CONDITIONS = [ListenerCondition.pathPatterns(['/a'])];

function onListener(
  stack: Stack,
  priority: number,
  testRule: (listener: ApplicationListener) => TestRuleOptions | undefined = () => undefined,
): Partial<TwinEnvironmentsProps> {
  const listener = listenerIn(stack);
  return {
    listener: ServiceListener.onListener(listener, {
      conditions: CONDITIONS,
      priority,
      testPort: 9081,
      testRule: testRule(listener),
    }),
  };
}

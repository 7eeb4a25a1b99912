import { Duration, type Stack } from 'aws-cdk-lib';
import { ListenerCondition } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { LiveRouteProps, TwinEnvironmentsAttributes, TwinEnvironmentsProps } from '../../../lib';
import { certificateIn, listenerIn, type Row, sameGroup } from './rows';

export const TWINS: readonly Row<Partial<TwinEnvironmentsProps>>[] = [
  ['productionPort', { productionPort: 65536 }, 'productionPort 65536', '1 to 65535'],
  ['testPort', { testPort: -1 }, 'testPort -1', '1 to 65535'],
  ['both ports', { productionPort: 81, testPort: 81 }, 'testPort 81', 'another port'],
  ['redirectHttp', { redirectHttp: true }, 'redirectHttp', 'set certificate'],
  ['priority', { priority: 1 }, 'priority', 'leave them out'],
  ['healthCheckCodes', { healthCheckCodes: '2xx' }, "'2xx'", 'such as 200, 200,204 or 200-299'],
  ['healthCheckPath', { healthCheckPath: 'health' }, "'health'", "begin with '/'"],
  ['healthCheckInterval', { healthCheckInterval: Duration.seconds(4) }, 'healthCheckInterval 4 s', '5 s to 300 s'],
  [
    'healthCheckTimeout',
    { healthCheckTimeout: Duration.seconds(10) },
    'healthCheckTimeout 10 s',
    '2 s to 9 s',
    'shorter',
  ],
  ['healthyThresholdCount', { healthyThresholdCount: 1 }, 'healthyThresholdCount 1', '2 to 10'],
  ['unhealthyThresholdCount', { unhealthyThresholdCount: 11 }, 'unhealthyThresholdCount 11', '2 to 10'],
  ['deregistrationDelay', { deregistrationDelay: Duration.hours(2) }, 'deregistrationDelay 7200 s', '0 s to 3600 s'],
];

export const ROUTE: readonly Row<Partial<LiveRouteProps>>[] = [
  ['port', { port: 0 }, 'port 0', '1 to 65535'],
  ['loadBalancer', { port: undefined }, 'loadBalancer without port', 'set the port'],
  ['loadBalancer and listener missing', { loadBalancer: undefined, port: undefined }, 'exactly one', 'set listener'],
  ['priority', { priority: 50_001 }, 'priority 50001', '1 to 50000'],
  ['listener beside loadBalancer', (stack) => ({ listener: listenerIn(stack) }), 'exactly one of them', 'set listener'],
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
  ['domainName', { domainName: 'a/b' }, "domainName 'a/b'", 'a host name alone'],
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
    'productionListener',
    (stack) => ({ productionListener: listenerIn(stack) }),
    'without loadBalancer',
    'set the load',
  ],
  ['testListener', (stack) => ({ testListener: listenerIn(stack) }), 'without testPriority', 'set the priority'],
  ['conditions', { conditions: [ListenerCondition.pathPatterns(['/a'])] }, 'conditions', 'leave them out'],
  ['testPriority', { testPriority: 0 }, 'testPriority 0', '1 to 50000'],
  ['priority out of range', { priority: 50_001 }, 'priority 50001', '1 to 50000'],
  [
    'certificate',
    (stack) => onListener(stack, { certificate: certificateIn(stack) }),
    'certificate',
    'addCertificates()',
  ],
  [
    'open',
    (stack) => onListener(stack, { open: false }),
    'open is for a production listener of its own',
    'leave open out',
  ],
  [
    'loadBalancer and internetFacing',
    (stack) => onListener(stack, { internetFacing: true }),
    'internetFacing is for a new load balancer',
    'leave internetFacing out',
  ],
  ['productionPort as the default testPort', { productionPort: 9080 }, 'testPort 9080', 'another port'],
];

export function onListener(stack: Stack, props: Partial<TwinEnvironmentsProps>): Partial<TwinEnvironmentsProps> {
  const productionListener = listenerIn(stack);
  const { loadBalancer } = productionListener;
  const conditions = [ListenerCondition.pathPatterns(['/a'])];
  return { loadBalancer, productionListener, conditions, priority: 1, testPort: 9081, ...props };
}

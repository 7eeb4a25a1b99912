import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Token } from 'aws-cdk-lib';
import { type IVpc, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationLoadBalancer,
  ListenerAction,
  ListenerCondition,
  type QueryStringCondition,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  BlueGreenService,
  type BlueGreenServiceProps,
  Capture,
  type ITwinEnvironments,
  ReleaseGate,
  ServiceListener,
  ServiceTask,
  SmokeAuth,
  type SmokeCheck,
  SmokeSuite,
  TwinEnvironments,
} from '../../../lib';
import { temporaryDirectory } from '../../support/temporary';
import { newStack, serviceIn } from '../support';

/** A service behind a rule, whose gate must get past the rule's conditions with every request that it sends. */

type Given = Partial<BlueGreenServiceProps> & {
  readonly checks?: readonly SmokeCheck[];
  readonly domainName?: string;
};

function behind(
  conditions: ListenerCondition[],
  { checks, domainName, vpc: given, ...props }: Given = {},
): () => BlueGreenService {
  const stack = newStack();
  const vpc: IVpc = given ?? new Vpc(stack, 'Vpc');
  const loadBalancer = new ApplicationLoadBalancer(stack, 'LoadBalancer', { vpc });
  const productionListener = loadBalancer.addListener('Http', {
    port: 80,
    defaultAction: ListenerAction.fixedResponse(404),
  });
  return () =>
    new BlueGreenService(stack, 'Web', {
      ...(checks && { suite: SmokeSuite.of(...checks) }),
      ...props,
      task: ServiceTask.fromImage(ContainerImage.fromRegistry('example/web:1'), { containerPort: 8080 }),
      listener: ServiceListener.onListener(productionListener, { conditions, priority: 1, domainName }),
      vpc,
    });
}

const get = (path: string, more: Partial<SmokeCheck> = {}): SmokeCheck => ({ name: 'a', path, ...more });
const hostHeaders = (values: string[]) => ListenerCondition.hostHeaders(values);
const httpHeader = (name: string, values: string[]) => ListenerCondition.httpHeader(name, values);
const httpRequestMethods = (values: string[]) => ListenerCondition.httpRequestMethods(values);
const pathPatterns = (values: string[]) => ListenerCondition.pathPatterns(values);
const queryStrings = (values: QueryStringCondition[]) => ListenerCondition.queryStrings(values);
const sourceIps = (values: string[]) => ListenerCondition.sourceIps(values);

test.each<[string, ListenerCondition[], Given, RegExp]>([
  [
    'a host pattern, and the gate has no name that it takes',
    [hostHeaders(['*.example.com'])],
    {},
    /check 'health' sends GET \.+amazonaws\.com\/health.*host-header: \*\.example\.com.*set domainName/,
  ],
  [
    'a host that is not domainName',
    [hostHeaders(['a.example.com'])],
    { domainName: 'b.example.com' },
    /set domainName/,
  ],
  [
    'a host, and a check that names another one',
    [hostHeaders(['a.example.com'])],
    { checks: [get('/'), { name: 'other', path: '/', headers: { Host: 'b.example.com' } }] },
    /check 'other' sends GET b\.example\.com\/:/,
  ],
  [
    'a path',
    [pathPatterns(['/shop/*'])],
    { checks: [get('/shop/a'), get('/cart', { name: 'b' })] },
    /check 'b'.*\/cart/,
  ],
  ['a path in another case', [pathPatterns(['/Shop'])], { checks: [get('/shop')] }, /path-pattern: \/Shop/],
  ['a path that its dots leave', [pathPatterns(['/shop/*'])], { checks: [get('/shop/../cart')] }, /GET .*\/cart:/],
  [
    'a path before a captured value',
    [pathPatterns(['/shop/*'])],
    { checks: capturing('/shop/a', '/x/${id}') },
    /path-pattern/,
  ],
  ['a header, with the default suite', [httpHeader('X-Tenant', ['a'])], {}, /check 'health'.*send the header X-Tenant/],
  [
    'a header of another value',
    [httpHeader('x-t', ['a'])],
    { checks: [get('/', { headers: { 'X-T': 'b' } })] },
    /x-t: a/,
  ],
  ['a bearer token where a basic one is needed', [httpHeader('Authorization', ['Basic *'])], bearer(), /Basic \*/],
  ['a method', [httpRequestMethods(['POST'])], {}, /http-request-method: POST/],
  [
    'a method that one check does not use',
    [httpRequestMethods(['GET'])],
    { checks: [get('/'), get('/order', { name: 'b', method: 'POST' })] },
    /check 'b' sends POST/,
  ],
  ['a query', [queryStrings([{ key: 'version', value: '2' }])], {}, /query-string: version=2.*give each check a query/],
  ['a query of another value', [queryStrings([{ key: 'v', value: '2' }])], { checks: [get('/?v=3')] }, /v=2/],
  ['addresses of an office', [sourceIps(['203.0.113.0/24'])], {}, /source-ip: 203.*the gate connects from 10\.0\./],
  [
    'addresses of half of the subnets',
    [sourceIps(['10.0.128.0/18'])],
    {},
    /let the condition take these addresses too/,
  ],
  ['addresses of IPv6', [sourceIps(['::/0'])], {}, /source-ip/],
  [
    'two conditions of which one does not fit',
    [pathPatterns(['*']), queryStrings([{ value: 'x' }])],
    {},
    /query-string: x/,
  ],
])('refuses a rule with %s: another rule would decide about its releases', (_name, conditions, props, message) => {
  const make = behind(conditions, props);
  expect(make).toThrow(new RegExp(`^Test/Web/Gate: .*${message.source}`, 's'));
});

function capturing(first: string, second: string): readonly SmokeCheck[] {
  return [get(first, { capture: { id: Capture.json('$.id') } }), get(second, { name: 'b' })];
}

function bearer(): Given {
  const secret = Secret.fromSecretCompleteArn(newStack(), 'S', 'arn:aws:secretsmanager:eu-west-1:1:secret:a-abcdef');
  return { checks: [get('/', { auth: SmokeAuth.bearer(secret) })] };
}

test.each<[string, ListenerCondition[], Given]>([
  ['a host in another case', [hostHeaders(['SHOP.Example.com'])], { domainName: 'shop.example.COM' }],
  ['a host pattern, with domainName', [hostHeaders(['*.example.com'])], { domainName: 'shop.example.com' }],
  [
    'a host pattern, and Host in the checks',
    [hostHeaders(['*.a.com'])],
    { checks: [get('/', { headers: { Host: 'b.a.com:81' } })] },
  ],
  ['a host that is known at deploy time', [hostHeaders([Token.asString({ Ref: 'Name' })])], {}],
  ['the load balancer’s own names', [hostHeaders(['*.elb.amazonaws.com'])], {}],
  [
    'a header in another case',
    [httpHeader('X-Tenant', ['A?'])],
    { checks: [get('/', { headers: { 'x-tenant': 'ab' } })] },
  ],
  ['the gate’s user agent', [httpHeader('User-Agent', ['cdk-greenlight'])], {}],
  ['a bearer token', [httpHeader('Authorization', ['Bearer *'])], bearer()],
  [
    'the methods of all checks',
    [httpRequestMethods(['GET', 'POST'])],
    { checks: [get('/'), get('/o', { name: 'b', method: 'POST' })] },
  ],
  ['a query in the path', [queryStrings([{ key: 'V', value: '2*' }])], { checks: [get('/?v=20')] }],
  ['a query apart from the path', [queryStrings([{ value: 'x' }])], { checks: [get('/', { query: { any: 'x' } })] }],
  ['captured values', [pathPatterns(['/o/*'])], { checks: capturing('/o/a', '/o/${id}') }],
  ['addresses of the VPC', [sourceIps(['10.0.0.0/16'])], {}],
])('takes a rule with %s', (_name, conditions, props) => {
  expect(behind(conditions, props)).not.toThrow();
});

test('a subnet that does not say its addresses may be private ones, and is no public one', () => {
  const stack = newStack();
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    privateSubnetIds: ['subnet-1', 'subnet-2'],
    publicSubnetIds: ['subnet-3', 'subnet-4'],
  });
  expect(Subnet.fromSubnetId(stack, 'S', 'subnet-1').subnetId).toBe('subnet-1');
  expect(behind([sourceIps(['10.1.0.0/16'])], { vpc })).not.toThrow();
  expect(behind([sourceIps(['203.0.113.0/24'])], { vpc })).toThrow(/private addresses of the VPC/);
});

test('the requests of a suite file, its defaults and those of its comparison are checked too', () => {
  const file = join(temporaryDirectory('reach'), 'smoke.json');
  const suiteOf = (compare?: object) => {
    writeFileSync(
      file,
      JSON.stringify({
        version: 1,
        defaults: { headers: { 'X-Tenant': 'a' } },
        checks: [{ name: 'orders', path: '/orders' }],
        ...(compare && { compare }),
      }),
    );
    return SmokeSuite.fromFile(file);
  };
  const conditions = [httpHeader('x-tenant', ['a']), pathPatterns(['/orders', '/cart'])];
  expect(behind(conditions, { suite: suiteOf() })).not.toThrow();
  const requests = [{ name: 'cart', path: '/cart' }];
  expect(behind(conditions, { suite: suiteOf({ requests }) })).toThrow(/request 'cart' of the comparison sends GET/);
});

test('a gate around twins that exist already must get past the conditions that they name', () => {
  const stack = newStack();
  const web = serviceIn(stack);
  const { loadBalancer, productionListener, testListener, blue, green } = web.twins;
  const twinsWith = (id: string, conditions: ListenerCondition[]) =>
    TwinEnvironments.fromTwinEnvironmentsAttributes(stack, id, {
      ...{ loadBalancer, productionListener, testListener, blue, green, conditions },
    });
  const gate = (id: string, twins: ITwinEnvironments) => () =>
    new ReleaseGate(stack, id, {
      ...{ vpc: web.vpc, twins, deploymentGroup: web.deploymentGroup, service: web.service },
      suite: SmokeSuite.of(get('/orders')),
    });
  expect(gate('One', twinsWith('Carts', [pathPatterns(['/cart'])]))).toThrow(/check 'a' sends GET \S+\/orders:/);
  const named = twinsWith('Named', [hostHeaders(['shop.example.com'])]);
  expect(named.domainName).toBe('shop.example.com');
  expect(gate('Two', named)).not.toThrow();
});

test('a version header is requested only where the rule takes the request', () => {
  const versionHeader = { name: 'x-version', value: '2' };
  const props = { gate: { versionHeader }, checks: [get('/shop/a')] };
  expect(behind([pathPatterns(['/shop/*'])], props)).toThrow(/versionHeader sends GET/);
  expect(behind([pathPatterns(['/shop/*', '/health'])], props)).not.toThrow();
});

test('many checks that miss are counted, not listed', () => {
  const checks = Array.from({ length: 9 }, (_, index) => get(`/x/${index}`, { name: `c${index}` }));
  expect(behind([pathPatterns(['/shop/*'])], { checks })).toThrow(/check 'c2' sends GET \S+, 6 more like it:/);
});

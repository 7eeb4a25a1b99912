import { engineOf, findService, findServices } from '../../../cli/release/services';
import { fakeAws } from './support';

const arnOf = (name: string, cluster = 'Shop') => `arn:aws:ecs:eu-west-1:1:service/${cluster}/${name}`;
const native = { deploymentConfiguration: { strategy: 'BLUE_GREEN' } };
const codedeploy = { deploymentController: { type: 'CODE_DEPLOY' } };

/** One cluster, in pages of one service. */
function region(services: Readonly<Record<string, object>>) {
  const arns = Object.keys(services).map((name) => arnOf(name));
  return fakeAws({
    ListClusters: () => ({ clusterArns: ['arn:aws:ecs:eu-west-1:1:cluster/Shop'] }),
    ListServices: ({ nextToken = '0' }) => {
      const next = Number(nextToken) + 1;
      return { serviceArns: arns.slice(next - 1, next), ...(next < arns.length && { nextToken: String(next) }) };
    },
    DescribeServices: ({ services: wanted }) => ({
      services: (wanted as string[]).map((serviceArn) => {
        const serviceName = serviceArn.split('/').at(-1) ?? '';
        return { serviceArn, serviceName, ...services[serviceName] };
      }),
    }),
    ListStackResources: ({ StackName }) => ({
      StackResourceSummaries:
        StackName === 'Shop'
          ? [{ ResourceType: 'AWS::CloudFormation::Stack', PhysicalResourceId: 'nested' }]
          : [{ ResourceType: 'AWS::ECS::Service', PhysicalResourceId: arnOf('web') }],
    }),
  });
}

const names = async (found: Promise<readonly { serviceName: string }[]>) =>
  (await found).map(({ serviceName }) => serviceName);

test('without a name: those with two sides, or all if none has', async () => {
  expect(await names(findServices(region({ web: codedeploy, api: native, job: {} }), {}))).toEqual(['web', 'api']);
  expect(await names(findServices(region({ job: {} }), {}))).toEqual(['job']);
  await expect(findServices(region({}), { cluster: 'Shop' })).rejects.toThrow(
    'there is no ECS service in eu-west-1, cluster Shop: check AWS_PROFILE and AWS_REGION',
  );
});

test('the exact name wins over a part of a name, and an ARN names its cluster', async () => {
  const aws = region({ web: codedeploy, 'web-2': codedeploy });
  expect(await names(findServices(aws, { service: 'web' }))).toEqual(['web']);
  expect(await names(findServices(aws, { service: 'WEB-' }))).toEqual(['web-2']);
  const named = region({ web: codedeploy });
  expect(await names(findServices(named, { service: arnOf('web') }))).toEqual(['web']);
  expect(named.calls.map(({ operation }) => operation)).toEqual(['ListServices', 'DescribeServices']);
});

test('a name that several services have, and one that none has, are refused with the names there are', async () => {
  const aws = region({ 'web-1': codedeploy, 'web-2': codedeploy });
  await expect(findServices(aws, { service: 'web' })).rejects.toMatchObject({
    exitCode: 2,
    message: '"web" is 2 services in eu-west-1: Shop/web-1, Shop/web-2',
  });
  await expect(findServices(aws, { service: 'api' })).rejects.toMatchObject({
    exitCode: 2,
    message: 'there is no service "api" in eu-west-1: there are: Shop/web-1, Shop/web-2',
  });
  await expect(findService(aws, {})).rejects.toThrow('2 services are possible; name one of them: web-1, web-2');
});

test('the services of a stack are those of its nested stacks too', async () => {
  expect(await names(findServices(region({ web: native }), { stack: 'Shop' }))).toEqual(['web']);
});

test.each([
  [codedeploy, 'codedeploy'],
  [native, 'ecs'],
  [{ deploymentConfiguration: { strategy: 'ROLLING' } }, 'rolling'],
  [{}, 'rolling'],
])('%j is deployed by %s', (service, engine) => {
  expect(engineOf({ serviceArn: '', serviceName: '', clusterArn: '', ...service })).toBe(engine);
});

import { offeredOperations } from '../../tools/service-models';
import { conformanceOf } from '../conformance/client';
import { conformanceClients } from '../conformance/programs';
import { allSteps } from '../conformance/steps';
import { whereThereIs } from '../support/machine';
import { nonEmpty } from '../support/non-empty';
import { startLocalAws } from '../../rehearsal/local-aws';

/** The AWS CLI of Debian 12 is of January 2023, before these operations. */
const NEWER_THAN_DEBIAN = [
  'cloudformation:DescribeEvents',
  'ecs:ContinueServiceDeployment',
  'ecs:DescribeServiceDeployments',
  'ecs:DescribeServiceRevisions',
  'ecs:ListServiceDeployments',
  'ecs:StopServiceDeployment',
];

async function operations(): Promise<readonly string[]> {
  const offered = [...(await offeredOperations())];
  return offered.flatMap(([prefix, names]) => names.map((name) => `${prefix}:${name}`)).sort();
}

jest.setTimeout(900_000);

for (const { name, problem, install } of nonEmpty(conformanceClients)) {
  whereThereIs(problem, `${name} calls every operation, and understands each response and error`, async () => {
    const program = install();
    const aws = await startLocalAws({ speed: 30 });
    try {
      const { accessKeyId, secretAccessKey } = aws.services.iam.addUser({
        name: 'conformance',
        managed: ['arn:aws:iam::aws:policy/AdministratorAccess'],
      }).credentials;
      const environment = {
        AWS_ENDPOINT_URL: aws.endpoint,
        AWS_DEFAULT_REGION: aws.world.region,
        AWS_REGION: aws.world.region,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_MAX_ATTEMPTS: '1',
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        PYTHONDONTWRITEBYTECODE: '1',
      };
      const steps = allSteps();
      const { client, covered, lacking, problems } = await conformanceOf(program, steps, environment, aws.clock.now());
      console.log(`${client}: ${covered.size} operations, ${lacking.length} lacking`);
      expect(problems).toEqual([]);
      const [known, absent] = [new Set(lacking), name.startsWith('Debian') ? NEWER_THAN_DEBIAN : []];
      expect([...known].filter((each) => !absent.includes(each))).toEqual([]);
      expect([...covered, ...known].sort()).toEqual(await operations());
    } finally {
      await aws.stop();
    }
  });
}

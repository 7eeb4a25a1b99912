import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type LocalAws, startLocalAws } from '../../../rehearsal/local-aws';

/** A person in another terminal, whose programs live on the machine's clock. */
let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws({ speed: 600 });
});
afterAll(() => aws.stop());

type Variables = Readonly<Record<string, string | undefined>>;

/** What a shell with a profile and keys of its own has after it has sourced the file. */
function sourced(file: string): Variables {
  const own = { AWS_PROFILE: 'work', AWS_SESSION_TOKEN: 'theirs', AWS_ENDPOINT_URL_S3: 'https://s3.example.com' };
  const printed = execFileSync('/bin/sh', ['-c', '. "$1" && env', 'sh', file], {
    env: { PATH: process.env['PATH'], HTTP_PROXY: 'http://proxy.example.com', ...own },
  });
  return Object.fromEntries(
    String(printed)
      .split('\n')
      .map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
  );
}

const clientOf = ({ AWS_ENDPOINT_URL, AWS_REGION, ...keys }: Variables) =>
  new STSClient({
    endpoint: AWS_ENDPOINT_URL,
    region: AWS_REGION,
    credentials: {
      accessKeyId: keys['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: keys['AWS_SECRET_ACCESS_KEY'] ?? '',
      sessionToken: keys['AWS_SESSION_TOKEN'],
    },
  });

test.each(['deployer', 'administrator'] as const)('sourced, the printed file makes a terminal the %s', async (name) => {
  const file = aws.clientScripts()[name];
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const variables = sourced(file);
  expect(variables).toMatchObject({ AWS_ENDPOINT_URL: aws.endpoint, AWS_REGION: 'us-east-1' });
  expect(variables['NO_PROXY']).toContain('127.0.0.1');
  for (const left of ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL_S3'])
    expect(variables[left]).toBeUndefined();
  const caller = await clientOf(variables).send(new GetCallerIdentityCommand({}));
  expect(caller.Arn).toBe(`arn:aws:iam::111111111111:user/${name}`);
});

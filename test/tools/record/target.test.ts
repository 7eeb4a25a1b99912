import { type LocalAws, startLocalAws } from '../../../rehearsal/local-aws';
import { awsTarget } from '../../../tools/record/target';

/** The shell of a person who has set up credentials, here those of a local AWS. */
let aws: LocalAws;
const before = { ...process.env };
beforeAll(async () => {
  aws = await startLocalAws({ speed: 1 });
  const { accessKeyId, secretAccessKey } = aws.administratorKeys();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  });
});
afterAll(async () => {
  process.env = { ...before };
  await aws.stop();
});

test('the account that the person names must be that of the credentials', async () => {
  await expect(awsTarget('222222222222', 'us-east-1')).rejects.toThrow(
    'the credentials are of account 111111111111, and --account says 222222222222',
  );
  const target = await awsTarget('111111111111', 'eu-west-1');
  expect(target.source).toBe('aws');
  expect(target.environment()).toMatchObject({ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' });
  expect(target.urlOf({ Protocol: 'HTTPS', Port: 443 }, 'shop.example.com')).toBe('https://shop.example.com:443');
  await target.stop();
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lambdaWorld } from '../../../support/rehearsal/lambda';
import { temporaryDirectory } from '../../../support/temporary';

describe('the AWS SDK of the Node runtimes', () => {
  test('a function requires it, or imports from it by name, without bringing it along', async () => {
    const { create, invoke } = lambdaWorld();
    await create(`
      const { EC2 } = require('@aws-sdk/client-ec2');
      const { fromTemporaryCredentials } = require('@aws-sdk/credential-providers');
      exports.handler = async () => [typeof new EC2({}).describeVpcs, typeof fromTemporaryCredentials];`);
    expect(await invoke()).toMatchObject({ Payload: '["function","function"]' });
    const imports = `import { S3Client, PutObjectCommand } from '@aws-sdk/client-s3';
      import * as logs from '@aws-sdk/client-cloudwatch-logs';`;
    await create(
      {
        'main.mjs': `${imports}
          const { SSM } = await import('@aws-sdk/client-ssm');
          export const handler = async () =>
            [new S3Client({}), new PutObjectCommand({}), new logs.CloudWatchLogs({}), new SSM({})].map((o) => o.constructor.name);`,
      },
      { FunctionName: 'g', Handler: 'main.handler' },
    );
    expect(await invoke({}, { FunctionName: 'g' })).toMatchObject({
      Payload: '["S3Client","PutObjectCommand","CloudWatchLogs","SSM"]',
    });
  });

  test("what the rehearsal does not bring is the app's, and the function's own comes first", async () => {
    const app = temporaryDirectory('app');
    const inApp = join(app, 'node_modules', '@aws-sdk', 'client-glue');
    mkdirSync(inApp, { recursive: true });
    writeFileSync(join(inApp, 'index.js'), `exports.Glue = "the app's";`);
    const { create, invoke } = lambdaWorld(600, join(app));
    await create({
      'index.js': `exports.handler = async () => [require('@aws-sdk/client-glue').Glue, require('@aws-sdk/client-s3').S3];`,
      'node_modules/@aws-sdk/client-s3/index.js': `exports.S3 = 'its own';`,
    });
    expect(await invoke()).toMatchObject({ Payload: `["the app's","its own"]` });
  });

  test.each([
    ['index.js', `require('@aws-sdk/client-kinesis'); exports.handler = async () => 1;`],
    ['index.mjs', `import { Kinesis } from '@aws-sdk/client-kinesis'; export const handler = async () => 1;`],
  ])('a client that is nowhere is named with the remedy: %s', async (file, code) => {
    const { create, invoke } = lambdaWorld(600, temporaryDirectory('app'));
    await create({ [file]: code });
    const { Payload } = await invoke();
    expect(Payload).toContain('Runtime.ImportModuleError');
    expect(Payload).toContain('npm install --save-dev @aws-sdk/client-kinesis');
  });

  test('a handler that hides the error, as AwsCustomResource does, is on the timeline', async () => {
    const { world, create, invoke } = lambdaWorld(600, temporaryDirectory('app'));
    await create(`exports.handler = async () => {
      try { require('@aws-sdk/client-kinesis'); } catch { throw new Error('Package does not exist.'); }
    };`);
    await invoke();
    expect(world.events.all().find(({ event }) => event === 'sdk-missing')?.detail).toContain(
      'npm install --save-dev @aws-sdk/client-kinesis',
    );
  });
});

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runCdk } from '../../rehearsal/runner/synthesis/cdk';
import { type LocalAws, startLocalAws } from '../../rehearsal/local-aws';
import { INTERNAL } from '../../rehearsal/core/service';
import { ROOT } from '../support/cli';
import { temporaryDirectory } from '../support/temporary';

/** There is no second template for rehearsals: what the local CloudFormation got is what AWS would get. */
describe('the rehearsed template', () => {
  let aws: LocalAws;
  beforeAll(async () => {
    aws = await startLocalAws({ speed: 120 });
  });
  afterAll(() => aws.stop());

  /** With nothing in the environment that could tell a rehearsal from a laptop without an account. */
  function synthesize(version: string): Buffer {
    const output = join(temporaryDirectory('synth'), 'cdk.out');
    const program = [require.resolve('aws-cdk/bin/cdk'), 'synth', '--quiet', '--no-notices', '--output', output];
    execFileSync(process.execPath, [...program, '--context', `version=${version}`], {
      cwd: ROOT,
      env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: temporaryDirectory('home') },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return readFileSync(join(output, 'Greenlight.template.json'));
  }

  async function deployed(version: string): Promise<Buffer> {
    const output = join(aws.world.directory, 'cdk.out');
    const args = ['deploy', 'Greenlight', '--output', output, '--context', `version=${version}`];
    const { exitCode, output: printed } = await runCdk(args, aws.deployerEnvironment(), { cwd: ROOT });
    expect({ exitCode, printed }).toMatchObject({ exitCode: 0 });
    const { TemplateBody } = await aws.world.call<{ TemplateBody: string }>(INTERNAL, 'cloudformation', 'GetTemplate', {
      StackName: 'Greenlight',
    });
    return Buffer.from(TemplateBody);
  }

  test('of a first deployment and of a release is, byte for byte, what cdk synth writes', async () => {
    for (const version of ['v1', 'v2']) {
      const [rehearsed, synthesized] = [await deployed(version), synthesize(version)];
      expect(synthesized.length).toBeGreaterThan(10_000);
      expect({ version, same: rehearsed.equals(synthesized) }).toEqual({ version, same: true });
    }
  }, 600_000);
});

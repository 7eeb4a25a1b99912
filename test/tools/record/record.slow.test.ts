import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeLoadBalancersCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { select } from '../../../rehearsal/runner/plan/plan';
import { readPlan } from '../../../rehearsal/runner/plan/read';
import { differences } from '../../../tools/record/compare';
import { record } from '../../../tools/record/record';
import { readRecording, type Recording } from '../../../tools/record/recording';
import { rehearsalTarget, type Target } from '../../../tools/record/target';
import { temporaryDirectory } from '../../support/temporary';

const ROOT = join(__dirname, '../../..');
const RECORDINGS = join(ROOT, 'test', 'recordings');

let target: Target;
let recording: Recording | undefined;
beforeAll(async () => {
  const plan = select(readPlan(join(ROOT, 'rehearsal.yaml')), ['v2', 'v3']);
  target = await rehearsalTarget(plan, ROOT);
  const options = {
    plan,
    directory: ROOT,
    output: temporaryDirectory('record'),
    signal: new AbortController().signal,
    confirm: () => undefined,
    onLine: () => undefined,
  };
  await record(target, options, (current) => (recording = current));
}, 600_000);
afterAll(() => target.stop());

test.each(readdirSync(RECORDINGS))('the releases of %s take the same course here', (file) => {
  const expected = readRecording(join(RECORDINGS, file));
  expect(differences(expected, recording as Recording)).toEqual([]);
});

test('the load met every release but the first, and lost nothing', () => {
  const requests = recording?.releases.map((release) => release.requests) ?? [];
  expect(requests.map(({ failed }) => failed)).toEqual([0, 0, 0]);
  expect(requests.map(({ sent }) => sent > 0)).toEqual([false, true, true]);
});

test('nothing is left of the stack, the log groups that outlive it included', async () => {
  const { cloudFormation, loadBalancing, logs } = target.clients;
  await expect(cloudFormation.send(new DescribeStacksCommand({ StackName: 'Greenlight' }))).rejects.toThrow(
    /does not exist/,
  );
  expect((await loadBalancing.send(new DescribeLoadBalancersCommand({}))).LoadBalancers).toEqual([]);
  expect((await logs.send(new DescribeLogGroupsCommand({}))).logGroups).toEqual([]);
});

/** The command as it is called, with no credentials that it could find. */
function npmRunRecord(...args: readonly string[]): { readonly status: number | null; readonly output: string } {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
  const nowhere = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
  const options = { cwd: ROOT, env: { ...env, ...nowhere }, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'record', '--', ...args], options);
  return { status, output: stdout + stderr };
}

test.each<[string, string[], number, RegExp]>([
  ['what it is for', ['--help'], 0, /npm run record -- --out recording\.json/],
  ['that nothing would be kept', [], 2, /^error: give --out, --compare or both: else nothing is kept/],
  [
    'that an account needs a region',
    ['--account', '111111111111', '--out', 'x'],
    2,
    /^error: --account needs --region/,
  ],
  ['that a recording is none', ['--compare', 'package.json'], 2, /^error: package\.json: not a recording of format 1/],
  [
    'that a release is not in the file',
    ['--release', 'v9', '--out', 'x'],
    2,
    /^error: release "v9" is not in the plan/,
  ],
  [
    'that there are no credentials',
    ['--account', '111111111111', '--region', 'us-east-1', '--out', 'x'],
    2,
    /^error: no credentials of account 111111111111: /m,
  ],
])('before anything starts it says %s', (_what, args, exitCode, text) => {
  const { status, output } = npmRunRecord(...args);
  expect(output).toMatch(text);
  expect(status).toBe(exitCode);
});
